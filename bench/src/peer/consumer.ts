import type { ReplayParameters } from '../harness/replay.ts';
import type { Measured, Running } from '../harness/task.ts';
import { openEmmett } from './emmett.ts';
import { CREATE_DOCUMENTS, createPeerProjection } from './projection.ts';

const BATCH = 10_000;

/** The peer's own consumer with a projection processor, from the beginning to the last event. */
export async function setup({ log, events }: ReplayParameters): Promise<Running> {
  const { emmett, connection, store } = await openEmmett(log);
  await connection.command(CREATE_DOCUMENTS);

  async function round(): Promise<Measured> {
    const last = BigInt(events);
    const consumer = store.consumer({ pulling: { batchSize: BATCH, pullingFrequencyInMs: 0 } });
    consumer.processor({
      processorId: 'orders',
      projection: createPeerProjection(emmett.sqliteProjection),
      startFrom: 'BEGINNING',
      stopAfter: ({ metadata }) => metadata.globalPosition >= last,
    });
    const from = performance.now();
    await consumer.start();
    const seconds = (performance.now() - from) / 1_000;
    await consumer.close();
    return { perSecond: events / seconds, events, seconds };
  }

  return {
    round,
    close: async () => {
      connection.close();
    },
  };
}
