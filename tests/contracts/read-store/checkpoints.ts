import type { Checkpoint } from '../../../src/ports/read-store.ts';
import { checkpointAt } from './documents.ts';
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

    it('is forgotten alone when it is reset', async () => {
      await move('a', undefined, checkpointAt(1));
      await move('b', undefined, checkpointAt(2));
      await store().resetCheckpoint('a');
      await store().resetCheckpoint('never-there');
      expect(await store().checkpoint('a')).toBeUndefined();
      expect(await store().checkpoint('b')).toEqual(checkpointAt(2));
    });
  });

  describe('stream revisions', () => {
    const commit = (revisions: [string, number][]) =>
      store().commit({ documents: [], checkpoints: [], revisions: new Map(revisions) });

    it('are kept per stream and answered for those that are known', async () => {
      await commit([
        ['order-s1.1', 0],
        ['order-s1.2', 5],
      ]);
      await commit([['order-s1.1', 3]]);
      expect(await store().revisions(['order-s1.1', 'order-s1.2', 'order-s1.3'])).toEqual(
        new Map([
          ['order-s1.1', 3],
          ['order-s1.2', 5],
        ]),
      );
      expect(await store().revisions([])).toEqual(new Map());
    });

    it('are answered for thousands of streams at once', async () => {
      const many = Array.from({ length: 5_000 }, (_, i): [string, number] => [`order-s1.${i}`, i]);
      await commit(many);
      expect(await store().revisions(many.map(([stream]) => stream))).toEqual(new Map(many));
    });

    it('are forgotten with the checkpoint of the feed, and with no other', async () => {
      await commit([['order-s1.1', 3]]);
      await move('feed', undefined, checkpointAt(1));
      await store().resetCheckpoint('sales__v1_g1');
      expect((await store().revisions(['order-s1.1'])).size).toBe(1);
      await store().resetCheckpoint('feed');
      expect(await store().revisions(['order-s1.1'])).toEqual(new Map());
    });
  });
}
