import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { STORE_ID } from '../inputs/events.ts';
import { stepsOf } from '../inputs/lanes.ts';
import { closedLoop, type AppendParameters } from '../harness/closed-loop.ts';
import type { Running } from '../harness/task.ts';
import { benchDecider, benchFeature } from './feature.ts';
import { openSystem, type System } from './system.ts';

/**
 * Commands through the command engine of a running system: ids handled before, cached state,
 * decision, schema check, field hashes, and the log's group commit. No read model follows, as none
 * follows the floor or the peer; `http-orders` measures with all of them.
 */
export async function setup(parameters: AppendParameters): Promise<Running> {
  const documents = join(parameters.folder, 'ours-documents.db');
  const log = join(parameters.folder, 'ours-log.db');
  return appendThrough(openSystem(log, documents, benchFeature([])), parameters);
}

/** The same over any stores. */
export async function appendThrough(
  system: System,
  { inFlight, roundMs }: Pick<AppendParameters, 'inFlight' | 'roundMs'>,
): Promise<Running> {
  await system.app.start();
  const { commands } = system.app.services;
  const lanes = Array.from({ length: inFlight }, (_, i) => stepsOf(`ours-${i}`));

  async function send(lane: number): Promise<void> {
    const step = lanes[lane]?.next().value;
    if (!step) return;
    const { orderId, revision, command } = step;
    const commandId = randomUUID();
    const result = await commands.execute(benchDecider, {
      command,
      context: {
        storeId: STORE_ID,
        entityId: orderId,
        commandId,
        now: new Date().toISOString(),
        businessDay: '2026-03-02',
      },
      actor: { kind: 'key', id: 'bench' },
      correlationId: commandId,
      causationId: commandId,
      // As the product says of a command that opens an order; the bare client knows it, too.
      creates: revision === 0,
    });
    if (result.revision !== revision) {
      throw new Error(`expected ${result.stream} at ${revision}, found ${result.revision}`);
    }
  }

  return {
    round: () => closedLoop(inFlight, roundMs, send),
    close: () => system.close(),
  };
}
