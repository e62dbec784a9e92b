import { type AnyBulkWriteOperation, MongoClient } from 'mongodb';

import type { Measured, Running } from '../harness/task.ts';
import { eventsInLogOrder } from '../inputs/alive.ts';
import { commandOf, decideEvent } from '../inputs/events.ts';
import { foldOrder, type OrderDocument } from '../inputs/fold.ts';
import { entityIdOf } from '../inputs/random.ts';
import type { ServersReplayParameters } from './replay.ts';

const PAGE = 10_000;

interface Stored {
  readonly _id: string;
  readonly body: OrderDocument;
}

/**
 * The bare driver writing the documents of the same events, each page of 10,000 in one unordered
 * bulk with majority. Folding them is not measured.
 */
export async function setup({ mongo, events }: ServersReplayParameters): Promise<Running> {
  const client = new MongoClient(mongo);
  const collection = client
    .db()
    .collection<Stored>('bare_orders', { writeConcern: { w: 'majority' } });
  const now = new Date().toISOString();

  async function round(): Promise<Measured> {
    const known = new Map<string, OrderDocument>();
    let touched = new Set<string>();
    let inPage = 0;
    let writtenMs = 0;

    async function writePage(): Promise<void> {
      const writes: AnyBulkWriteOperation<Stored>[] = [...touched].map((key) => ({
        replaceOne: {
          filter: { _id: key },
          replacement: { body: known.get(key) as OrderDocument },
          upsert: true,
        },
      }));
      const from = performance.now();
      await collection.bulkWrite(writes, { ordered: false });
      writtenMs += performance.now() - from;
      for (const key of touched) if (known.get(key)?.status === 'closed') known.delete(key);
      touched = new Set();
      inPage = 0;
    }

    for (const { order, revision } of eventsInLogOrder(events)) {
      const key = entityIdOf('replay', order);
      const next = foldOrder(known.get(key), decideEvent(key, commandOf(order, revision)), now);
      if (next) known.set(key, next);
      touched.add(key);
      inPage += 1;
      if (inPage === PAGE) await writePage();
    }
    if (inPage > 0) await writePage();
    return { perSecond: (events * 1_000) / writtenMs };
  }

  return { round, close: () => client.close() };
}
