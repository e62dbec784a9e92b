import type { ReplayParameters } from '../harness/replay.ts';
import type { Measured, Running } from '../harness/task.ts';
import { benchFeature, benchProjection } from './feature.ts';
import { openSystem, type System } from './system.ts';

/** More than any log here takes. */
const TIMEOUT_MS = 3_600_000;

/** A running system builds a read model from the first event of its log until it is live. */
export async function setup({ log, documents, events }: ReplayParameters): Promise<Running> {
  return replayThrough(openSystem(log, documents, benchFeature([benchProjection])), events);
}

/** The same over any stores. */
export function replayThrough(system: System, events: number): Running {
  const { projections } = system.app.services;

  async function round(): Promise<Measured> {
    const from = performance.now();
    await system.app.start();
    const caughtUp = await projections.whenCaughtUp({ timeoutMs: TIMEOUT_MS });
    const seconds = (performance.now() - from) / 1_000;
    const [report] = projections.report();
    if (!caughtUp || report?.state !== 'live') {
      throw new Error(`the read model did not catch up: ${report?.blocked?.reason ?? ''}`);
    }
    return { perSecond: events / seconds, events, seconds };
  }

  return { round, close: () => system.close() };
}
