import type { ReplayParameters } from '../harness/replay.ts';
import type { Measured, Running } from '../harness/task.ts';
import { openEmmett } from './emmett.ts';
import { CREATE_DOCUMENTS, createPeerProjection } from './projection.ts';

const PAGE = 10_000;

/**
 * The fastest way that the peer's public functions allow: `readMessagesBatch` in pages of 10,000,
 * `handleProjections` with a projection that folds a whole page, and `storeProcessorCheckpoint`,
 * in one transaction a page. Its own consumer hands over one event at a time and moves its
 * checkpoint after each; that is measured beside it (`peer/consumer`).
 */
export async function setup({ log, events }: ReplayParameters): Promise<Running> {
  const { emmett, connection } = await openEmmett(log);
  await connection.command(CREATE_DOCUMENTS);
  const projection = createPeerProjection(emmett.sqliteProjection);

  async function round(): Promise<Measured> {
    const from = performance.now();
    let after = 0n;
    let moved: bigint | null = null;
    let seen = 0;
    for (;;) {
      const page = await emmett.readMessagesBatch(connection, { after, batchSize: PAGE });
      if (page.messages.length === 0) break;
      const newPosition = page.currentGlobalPosition;
      const lastProcessedPosition = moved;
      await connection.withTransaction(async () => {
        await emmett.handleProjections({
          events: page.messages,
          projections: [projection],
          connection,
        });
        await emmett.storeProcessorCheckpoint(connection, {
          processorId: 'orders',
          version: 1,
          newPosition,
          lastProcessedPosition,
        });
      });
      moved = newPosition;
      after = newPosition;
      seen += page.messages.length;
    }
    const seconds = (performance.now() - from) / 1_000;
    if (seen !== events) throw new Error(`expected ${events} events, found ${seen}`);
    return { perSecond: seen / seconds, events: seen, seconds };
  }

  return {
    round,
    close: async () => {
      connection.close();
    },
  };
}
