import { followShared } from '../../../src/adapters/eventstoredb/follow-shared.ts';
import type { Subscriber } from '../../../src/adapters/eventstoredb/shared-subscription.ts';
import type { Position } from '../../../src/domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../../src/ports/event-log.ts';

const at = (n: number): Position => ({ commit: BigInt(n), prepare: BigInt(n) });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The shared subscription has dropped what this subscriber still needs. */
const pastIt: Subscriber = {
  join: () => undefined,
  isPast: () => true,
  changed: () => new Promise(() => undefined),
  leave: () => undefined,
};

describe('a subscriber that catches up with the shared subscription', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);

  beforeEach(() => process.on('unhandledRejection', note));
  afterEach(() => process.off('unhandledRejection', note));

  it('ends with the error of its own subscription, also of one that fails while it reads', async () => {
    const dropped = new Error('the server dropped a slow subscriber');
    async function* followAlone(): AsyncGenerator<SubscriptionMessage> {
      yield { kind: 'caught-up', position: at(5) };
      await turn();
      throw dropped;
    }
    let endReading: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => (endReading = resolve));
    const messages = followShared({
      after: at(1),
      signal: new AbortController().signal,
      subscriber: pastIt,
      followAlone,
      quietUpTo: async (position) => {
        await reading;
        return position;
      },
    });
    expect((await messages.next()).value).toEqual({ kind: 'caught-up', position: at(5) });
    const next = messages.next();
    for (let i = 0; i < 5; i++) await turn();
    endReading();

    await expect(next).rejects.toBe(dropped);
    expect(unhandled).toEqual([]);
  });
});
