import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';
import type { Feed } from '../feed/feed.ts';
import { CheckpointMovedError, reportCheckpointConflict } from '../folding/checkpoint-conflict.ts';
import type { Generation } from '../folding/generation.ts';
import { audit, type AuditOptions, type AuditReport } from './audit.ts';

/** Audits a live generation; one that was repaired as a whole needs no audit any more. */
export async function auditGeneration(
  context: EngineContext,
  feed: Feed,
  generation: Generation,
  options: AuditOptions,
): Promise<AuditReport> {
  const repairsAll = options.heal && options.sample === undefined;
  try {
    const report = await audit(context, generation, feed, options);
    if (repairsAll && generation.state === 'live') generation.needsAudit = undefined;
    context.waiters.check();
    return report;
  } catch (error) {
    if (error instanceof CheckpointMovedError) {
      await reportCheckpointConflict(context, generation);
      feed.leave(generation);
    }
    throw error;
  }
}

/**
 * Audits and repairs a live generation until it needs no audit any more. Its documents may be wrong
 * in unknown ways, and may lack events, so all of them are compared.
 */
export async function repairDocuments(
  context: EngineContext,
  feed: Feed,
  generation: Generation,
): Promise<void> {
  const { logger, clock, stopping, engineEvents } = context;
  const { name: projection } = generation.projection;
  const kind = generation.needsAudit;
  for (let tries = 0; generation.needsAudit && generation.state === 'live'; tries++) {
    if (stopping.aborted) return;
    try {
      await auditGeneration(context, feed, generation, { heal: true });
    } catch (error) {
      logger.warn({ projection, error: String(error) }, 'repair audit failed; retrying');
      await clock.sleep(backOffMs(context, tries), stopping);
    }
  }
  if (!kind || generation.needsAudit) return;
  await engineEvents.record(projection, 'GapHealed', { key: generation.collection.name, kind });
}
