import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { FencedError, fencedStore } from '../../../src/engine/leases/fenced-store.ts';
import type { ReadStore } from '../../../src/ports/read-store.ts';

const position = (at: bigint) => ({ commit: at, prepare: at });
const to = (at: bigint) => ({ logId: 'log', position: position(at), eventId: `e${at}` });
const move = (name = 'feed') => ({
  documents: [],
  checkpoints: [{ name, from: undefined, to: to(1n) }],
});

function createHolder(store: ReadStore, token: number | undefined) {
  const holder = { losses: 0, store: fencedStore(store, token, () => (holder.losses += 1)) };
  return holder;
}

describe('a read store under a lease', () => {
  it('moves checkpoints that it has claimed', async () => {
    const store = createMemoryReadStore();
    const holder = createHolder(store, 1);
    await holder.store.claim('feed');

    expect(await holder.store.commit(move())).toEqual({ outcome: 'done' });
    expect(await holder.store.checkpoint('feed')).toEqual(to(1n));
    expect(holder.losses).toBe(0);
  });

  it('reports a moved checkpoint as the store does', async () => {
    const { store } = createHolder(createMemoryReadStore(), 1);
    await store.commit(move());

    expect(await store.commit(move())).toEqual({ outcome: 'checkpoint-moved', name: 'feed' });
  });

  it('throws and reports the loss once a newer holder has claimed', async () => {
    const store = createMemoryReadStore();
    const [older, newer] = [createHolder(store, 1), createHolder(store, 2)];
    await older.store.claim('feed');
    await newer.store.claim('feed');

    await expect(older.store.commit(move())).rejects.toThrow(FencedError);
    await expect(older.store.claim('feed')).rejects.toThrow('under a newer lease');
    expect([older.losses, newer.losses]).toEqual([2, 0]);
    expect(await store.checkpoint('feed')).toBeUndefined();
  });

  it('claims nothing without a lease, and is fenced off all the same', async () => {
    const store = createMemoryReadStore();
    const alone = createHolder(store, undefined);
    await alone.store.claim('feed');
    expect(await alone.store.commit(move())).toEqual({ outcome: 'done' });
    await createHolder(store, 1).store.claim('other');

    await expect(alone.store.commit(move('other'))).rejects.toThrow(FencedError);
    expect(alone.losses).toBe(1);
  });

  it('passes calls on to methods that are replaced later', async () => {
    const store = createMemoryReadStore();
    const holder = createHolder(store, 1);
    store.checkpoint = async () => to(7n);

    expect(await holder.store.checkpoint('feed')).toEqual(to(7n));
  });
});
