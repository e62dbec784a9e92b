import { DomainError } from '../../../domain/kernel/errors.ts';
import { type Position, START } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import { yieldTurn } from '../../yield-turn.ts';
import type { EngineContext } from '../context.ts';
import type { Feed } from '../feed/feed.ts';
import { fieldsOf, type Mismatch } from '../folding/compare.ts';
import type { Generation } from '../folding/generation.ts';
import { createExactCheck } from './exact-check.ts';
import { drawStreams } from './sample.ts';
import { scanLog } from './scan.ts';

export interface AuditOptions {
  /** Restores the documents that differ. */
  readonly heal: boolean;
  /**
   * Compares the documents of this number of streams, drawn at random, and does not look for extra
   * documents. A read model that many streams feed is compared as a whole.
   */
  readonly sample?: number | undefined;
  /** Compares this document alone. */
  readonly key?: string | undefined;
  /** Share of the time that the audit works, above 0 and at most 1; default 1. */
  readonly share?: number | undefined;
}

export interface AuditReport {
  readonly projection: string;
  /** Documents that were compared. */
  readonly documents: number;
  readonly damages: readonly Mismatch[];
  readonly healed: boolean;
}

/**
 * Folds the log again beside the documents of a live generation and records every mismatch (K6).
 * With `heal` it also restores the documents that differ, between two batches of the feed.
 * @throws DomainError not_caught_up when the generation or the engine stopped meanwhile.
 */
export async function audit(
  context: EngineContext,
  generation: Generation,
  feed: Feed,
  options: AuditOptions,
): Promise<AuditReport> {
  const { heal, sample, key } = options;
  const { projection } = generation;
  const damages: Mismatch[] = [];
  // Documents that missed an event are restored to the order of fields they would have had.
  const exact = heal && generation.needsAudit !== undefined;
  const ofOneStream = projection.streamOf !== undefined;
  const check = createExactCheck(context, generation, feed, { heal, exact, record });

  async function record(mismatches: readonly Mismatch[]): Promise<void> {
    damages.push(...mismatches);
    for (const mismatch of mismatches) {
      const subject = { key: mismatch.key, kind: mismatch.kind };
      const detail = fieldsOf(mismatch);
      await context.engineEvents.record(projection.name, 'GapFound', { ...subject, detail });
      if (heal) await context.engineEvents.record(projection.name, 'GapHealed', subject);
    }
  }

  function checkKeys(keys: readonly string[], open: Map<string, DocumentWrite>, from: Position) {
    if (ofOneStream) return check.byStream([...keys, ...open.keys()]);
    return check.byLog(keys, open, from);
  }

  async function checkGeneration(): Promise<number> {
    if (key !== undefined) return checkKeys([key], new Map(), feed.reached());
    if (sample !== undefined && ofOneStream) {
      return check.streams(await drawStreams(context, generation, feed.reached(), sample));
    }
    const upTo = feed.reached();
    const pace = createPace(context, options.share ?? 1);
    generation.audited = { position: START, upTo };
    const onProgress = (position: Position) => {
      generation.audited = { position, upTo };
    };
    try {
      const scan = await scanLog(context, generation, { upTo, exact, pace, onProgress });
      // A fold that ended early proves nothing about any document.
      if (!scan) throw endedEarly();
      const { matching, suspects, open } = scan;
      return matching + (await checkKeys([...suspects], open, upTo));
    } finally {
      generation.audited = undefined;
    }
  }

  function endedEarly(): DomainError {
    const { name } = projection;
    const message = `the audit of ${name} ended early: the projection is not live any more`;
    return new DomainError('not_caught_up', message, { projection: name });
  }

  const documents = await checkGeneration();
  if (context.stopping.aborted) throw endedEarly();
  return { projection: projection.name, documents, damages, healed: heal };
}

/** Lets other work run, and sleeps so that no more than a share of the time is worked. */
function createPace({ clock, stopping }: EngineContext, share: number): () => Promise<void> {
  if (share >= 1) return yieldTurn;
  let since = clock.now();
  return async () => {
    const workedMs = Math.max(0, clock.now() - since);
    await yieldTurn();
    await clock.sleep(workedMs * (1 / share - 1), stopping);
    since = clock.now();
  };
}
