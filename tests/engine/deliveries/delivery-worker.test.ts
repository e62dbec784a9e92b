import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { ConflictError } from '../../../src/domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { createDeliveryWorker } from '../../../src/engine/deliveries/delivery-worker.ts';
import type { DueChange } from '../../../src/engine/deliveries/due-entry.ts';
import { createDueIndex } from '../../../src/engine/deliveries/due-index.ts';
import { createDeliveryFollower } from '../../../src/engine/deliveries/follow-deliveries.ts';
import type { DeliveryLedger, DeliveryRef } from '../../../src/engine/deliveries/ledger.ts';
import { fencedStore } from '../../../src/engine/leases/fenced-store.ts';
import { createQuickClock, eventually } from '../../support/projection-world.ts';

const clock = createQuickClock();
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const DAY = 86_400_000;

const opened: DueChange = {
  kind: 'opened',
  channel: 'email',
  priority: 'NORMAL',
  expiresAtMs: clock.now() + DAY,
};

/** A log whose events say what they mean for the index. */
async function logOf(changes: readonly (readonly [string, DueChange])[]) {
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const add = async (deliveryId: string, change: DueChange) => {
    const stream = `delivery-s.${deliveryId}`;
    const past = await log.readStream(stream);
    const metadata = {
      ...{ correlationId: 'c', causationId: 'c', storeId: 's', commandId: systemIds.uuid() },
      ...{ fields: {}, schemaVersion: 1 },
      actor: { kind: 'process', id: 'test' } as const,
    };
    await log.append(stream, past.length === 0 ? 'no-stream' : past.length - 1, [
      { id: systemIds.uuid(), type: 'Changed', data: { change }, metadata },
    ]);
  };
  for (const [deliveryId, change] of changes) await add(deliveryId, change);
  return { log, add };
}

function changeOf({ stream, data }: RecordedEvent) {
  const { change } = data as { readonly change: DueChange };
  const ref: DeliveryRef = { storeId: 's', deliveryId: stream.slice('delivery-s.'.length) };
  return { ref, change };
}

const waitingAll = (count: number) =>
  Array.from({ length: count }, (_, i) => [`d${i}`, opened] as const);

describe('The follower of deliveries', () => {
  const follow = (log: Awaited<ReturnType<typeof logOf>>['log'], maxOpen: number) => {
    const index = createDueIndex();
    const follower = createDeliveryFollower({
      ...{ log, clock, index, maxOpen, categories: ['delivery'], change: changeOf },
      store: fencedStore(createMemoryReadStore(), undefined, quiet),
      stopping: new AbortController().signal,
    });
    return { index, follower };
  };

  it('has room for new deliveries, however many are parked or cancelled', async () => {
    const { log } = await logOf([
      ...Array.from({ length: 20 }, (_, i) => [
        [`d${i}`, opened] as const,
        [`d${i}`, { kind: i % 2 === 0 ? 'parked' : 'ended' }] as const,
      ]).flat(),
      ['last', opened],
    ]);
    const { index, follower } = follow(log, 5);
    await follower.open();
    await follower.takeAll();
    expect([...index.entries()].map(({ deliveryId }) => deliveryId)).toEqual(['last']);
    expect(index.parked().get('email')).toBe(10);
  });

  it('passes events of others, however many there are between two deliveries', async () => {
    const { log, add } = await logOf([['first', opened]]);
    const [sample] = await log.readStream('delivery-s.first');
    if (!sample) throw new Error('expected an event');
    const { data, metadata } = sample;
    for (let i = 0; i < 20; i++) {
      const event = { id: systemIds.uuid(), type: 'Changed', data, metadata };
      await log.append(`order-s.o${i}`, 'no-stream', [event]);
    }
    await add('last', opened);
    // As a store that looks at a part of a long log at a time.
    const readAll: typeof log.readAll = async ({ after }) => {
      const page = await log.readAll({ after, limit: 3 });
      const events = page.events.filter(({ stream }) => stream.startsWith('delivery-'));
      return { ...page, events };
    };
    const { index, follower } = follow({ ...log, readAll }, 5);
    await follower.open();
    await follower.takeAll();
    expect([...index.entries()].map(({ deliveryId }) => deliveryId)).toEqual(['first', 'last']);
  });

  it('reads those again that did not fit, when there is room', async () => {
    const { log, add } = await logOf(waitingAll(8));
    const { index, follower } = follow(log, 5);
    await follower.open();
    await follower.takeAll();
    expect(index.size).toBe(5);
    for (let i = 0; i < 4; i++) await add(`d${i}`, { kind: 'ended' });
    await follower.takeAll();
    await follower.takeAll();
    expect([...index.entries()].map(({ deliveryId }) => deliveryId).sort()).toEqual([
      'd4',
      'd5',
      'd6',
      'd7',
    ]);
  });
});

describe('The worker of deliveries', () => {
  it('sends the others although the end of an attempt cannot be recorded', async () => {
    const sending: DueChange = { kind: 'sending', attempt: 1, dueAtMs: clock.now() + DAY };
    const { log } = await logOf([
      ['full', opened],
      ['full', sending],
      ['other', opened],
    ]);
    const sent: string[] = [];
    const ledger: DeliveryLedger = {
      begin: async ({ deliveryId }) => ({
        attempt: 1,
        key: 'k',
        recipient: deliveryId,
        content: {},
      }),
      confirm: () => Promise.resolve(),
      fail: () => Promise.reject(new ConflictError('stream_full', 'full', {})),
    };
    const worker = createDeliveryWorker({
      ...{ log, clock, logger, ledger, alone: true, ids: systemIds },
      store: createMemoryReadStore(),
      categories: ['delivery'],
      change: changeOf,
      channels: [
        {
          ...{ name: 'email', maxConcurrent: 1 },
          async send({ recipient }) {
            sent.push(recipient);
            return { outcome: 'accepted' };
          },
        },
      ],
    });
    worker.start();
    await eventually(() => sent.length > 0);
    await worker.stop();
    expect(sent).toEqual(['other']);
  });
});
