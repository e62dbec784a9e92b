import type { Checkpoint } from '../../../src/ports/read-store.ts';
import { checkpointAt, SALES, write } from './documents.ts';
import type { Contract } from './suite.ts';

/** Beyond what a double can hold: EventStoreDB counts bytes, and 64 bits of them. */
const HUGE = 9_223_372_036_854_775_807n;

export function describeCheckpoints({ store }: Contract): void {
  async function move(name: string, from: Checkpoint | undefined, to: Checkpoint) {
    return store().commit({ documents: [], checkpoints: [{ name, from, to }] });
  }

  describe('a checkpoint', () => {
    it('is not there before it was written', async () => {
      expect(await store().checkpoint('sales__v1_g1')).toBeUndefined();
    });

    it('is moved from where it is, also back', async () => {
      await move('a', undefined, checkpointAt(1));
      await move('a', checkpointAt(1), checkpointAt(7));
      expect(await store().checkpoint('a')).toEqual(checkpointAt(7));
      await move('a', checkpointAt(7), checkpointAt(3));
      expect(await store().checkpoint('a')).toEqual(checkpointAt(3));
      expect(await store().checkpoint('b')).toBeUndefined();
      const some = await store().checkpoints(['b', 'a']);
      expect([...some]).toEqual([['a', checkpointAt(3)]]);
    });

    it('may stay where it is', async () => {
      await move('a', undefined, checkpointAt(1));
      expect(await move('a', checkpointAt(1), checkpointAt(1))).toEqual({ outcome: 'done' });
    });

    it('keeps positions exact far beyond 2^53, commit and prepare apart', async () => {
      const to = { logId: 'log-1', position: { commit: HUGE, prepare: HUGE - 1n }, eventId: 'e' };
      await move('a', undefined, to);
      expect(await store().checkpoint('a')).toEqual(to);
      const near = { ...to, position: { commit: HUGE, prepare: HUGE - 2n } };
      expect((await move('a', near, checkpointAt(1))).outcome).toBe('checkpoint-moved');
      expect((await move('a', to, checkpointAt(1))).outcome).toBe('done');
    });

    it('keeps the start of the log and an absent event', async () => {
      const start = { logId: 'l', position: { commit: -1n, prepare: -1n }, eventId: undefined };
      await move('a', undefined, start);
      expect(await store().checkpoint('a')).toEqual(start);
      expect((await move('a', start, checkpointAt(0))).outcome).toBe('done');
    });

    it('keeps the members of a feed, and forgets those of the checkpoint before', async () => {
      const to = { ...checkpointAt(1), members: ['sales__v1_g1', 'tabs__v2_g3'] };
      await move('feed', undefined, to);
      expect(await store().checkpoint('feed')).toEqual(to);
      await move('feed', to, { ...checkpointAt(2), members: [] });
      expect(await store().checkpoint('feed')).toEqual({ ...checkpointAt(2), members: [] });
      await move('feed', checkpointAt(2), checkpointAt(3));
      expect(await store().checkpoint('feed')).toEqual(checkpointAt(3));
    });

    it('is forgotten alone when it is reset', async () => {
      await move('a', undefined, checkpointAt(1));
      await move('b', undefined, checkpointAt(2));
      await store().resetCheckpoint('a');
      await store().resetCheckpoint('never-there');
      expect(await store().checkpoint('a')).toBeUndefined();
      expect(await store().checkpoint('b')).toEqual(checkpointAt(2));
    });
  });

  describe('a claimed checkpoint', () => {
    const moveBy = (token: number | undefined, from: Checkpoint | undefined, to: Checkpoint) =>
      store().commit({
        documents: [],
        checkpoints: [{ name: 'a', from, to, ...(token !== undefined && { token }) }],
      });

    it('is moved by the newest claimant only', async () => {
      expect(await store().claimCheckpoint('a', 1)).toBe(true);
      expect(await store().checkpoint('a')).toBeUndefined();
      expect(await moveBy(1, undefined, checkpointAt(1))).toEqual({ outcome: 'done' });
      expect(await store().claimCheckpoint('a', 2)).toBe(true);
      expect(await moveBy(1, checkpointAt(1), checkpointAt(2))).toEqual({
        outcome: 'fenced',
        name: 'a',
      });
      expect((await moveBy(undefined, checkpointAt(1), checkpointAt(2))).outcome).toBe('fenced');
      expect(await store().checkpoint('a')).toEqual(checkpointAt(1));
      expect(await moveBy(2, checkpointAt(1), checkpointAt(2))).toEqual({ outcome: 'done' });
    });

    it('is claimed again by its claimant, and by nobody with an older token', async () => {
      expect(await store().claimCheckpoint('a', 5)).toBe(true);
      expect(await store().claimCheckpoint('a', 5)).toBe(true);
      expect(await store().claimCheckpoint('a', 4)).toBe(false);
      expect(await moveBy(5, undefined, checkpointAt(1))).toEqual({ outcome: 'done' });
    });

    it('stays claimed when it is reset', async () => {
      await store().claimCheckpoint('a', 3);
      await moveBy(3, undefined, checkpointAt(1));
      await store().resetCheckpoint('a');
      expect((await moveBy(2, undefined, checkpointAt(1))).outcome).toBe('fenced');
      expect(await moveBy(3, undefined, checkpointAt(1))).toEqual({ outcome: 'done' });
    });

    it('keeps a whole commit from being done, documents and other checkpoints included', async () => {
      await store().ensureCollection(SALES);
      await store().claimCheckpoint('a', 2);
      const outcome = await store().commit({
        documents: [{ collection: SALES, writes: [write('s1', '1', { total: 1 })] }],
        checkpoints: [
          { name: 'b', from: undefined, to: checkpointAt(1) },
          { name: 'a', from: undefined, to: checkpointAt(1), token: 1 },
        ],
      });
      expect(outcome).toEqual({ outcome: 'fenced', name: 'a' });
      expect(await store().scan(SALES.name, '', 10)).toEqual([]);
      expect(await store().checkpoint('b')).toBeUndefined();
    });
  });

  describe('stream revisions', () => {
    const commit = (revisions: [string, number][]) =>
      store().commit({
        documents: [],
        checkpoints: [],
        revisions: { feed: 'feed', of: new Map(revisions) },
      });

    it('are kept per stream and answered for those that are known', async () => {
      await commit([
        ['order-s1.1', 0],
        ['order-s1.2', 5],
      ]);
      await commit([['order-s1.1', 3]]);
      expect(await store().revisions('feed', ['order-s1.1', 'order-s1.2', 'order-s1.3'])).toEqual(
        new Map([
          ['order-s1.1', 3],
          ['order-s1.2', 5],
        ]),
      );
      expect(await store().revisions('feed', [])).toEqual(new Map());
    });

    it('are answered for thousands of streams at once', async () => {
      const many = Array.from({ length: 5_000 }, (_, i): [string, number] => [`order-s1.${i}`, i]);
      await commit(many);
      expect(
        await store().revisions(
          'feed',
          many.map(([stream]) => stream),
        ),
      ).toEqual(new Map(many));
    });

    it('of one feed are none of another', async () => {
      await commit([['order-s1.1', 3]]);
      expect(await store().revisions('feed-2', ['order-s1.1'])).toEqual(new Map());
      await store().commit({
        documents: [],
        checkpoints: [],
        revisions: { feed: 'feed-2', of: new Map([['order-s1.1', 9]]) },
      });
      await store().resetCheckpoint('feed-2');
      expect(await store().revisions('feed', ['order-s1.1'])).toEqual(new Map([['order-s1.1', 3]]));
    });

    it('are forgotten with the checkpoint of the feed, and with no other', async () => {
      await commit([['order-s1.1', 3]]);
      await move('feed', undefined, checkpointAt(1));
      await store().resetCheckpoint('sales__v1_g1');
      expect((await store().revisions('feed', ['order-s1.1'])).size).toBe(1);
      await store().resetCheckpoint('feed');
      expect(await store().revisions('feed', ['order-s1.1'])).toEqual(new Map());
    });
  });
}
