import type { ReplayParameters } from '../harness/replay.ts';
import type { Measured, Running } from '../harness/task.ts';
import { benchFeature, benchProjection } from './feature.ts';
import { replayThrough } from './replay.ts';
import { openSystem } from './system.ts';

/** Builds a read model, and then compares all of its documents with the log. */
export async function setup({ log, documents, events }: ReplayParameters): Promise<Running> {
  const system = openSystem(log, documents, benchFeature([benchProjection]));
  const replay = replayThrough(system, events);
  const { perSecond = Number.NaN } = await replay.round();

  async function round(): Promise<Measured> {
    const from = performance.now();
    const [report] = await system.app.services.projections.audit({ heal: false });
    const seconds = (performance.now() - from) / 1_000;
    if (report?.damages.length !== 0) throw new Error('expected an audit that finds nothing');
    return { perSecond: events / seconds, documents: report.documents };
  }

  return { info: { replayPerSecond: perSecond }, round, close: replay.close };
}
