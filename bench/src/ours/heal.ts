import { documentKey, partsOf } from '../../../src/domain/kernel/names.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import type { BenchEvent } from '../inputs/events.ts';
import { STORE_ID } from '../inputs/events.ts';
import { healedDays, healedOrders, type HealParameters } from '../inputs/heal.ts';
import type { OrderDocument } from '../inputs/fold.ts';
import { percentile } from '../harness/statistics.ts';
import type { Measured, Running } from '../harness/task.ts';
import { benchFeature, benchProjection } from './feature.ts';
import { replayThrough } from './replay.ts';
import { openSystem } from './system.ts';

interface Day {
  readonly day: string;
  readonly events: number;
  readonly totalMinor: number;
}

/** One document per day, fed by all orders. */
const days: Projection<Day> = {
  name: 'bench-days',
  version: 1,
  collection: 'bench_days',
  indexes: [],
  categories: ['order'],
  keys: ({ metadata, recordedAt }) => [documentKey(metadata.storeId, recordedAt.slice(0, 10))],
  evolve(day, { type, data }, key) {
    const { totalMinor = 0 } = data as { readonly totalMinor?: number };
    return {
      day: partsOf(key).parts[0] ?? '',
      events: (day?.events ?? 0) + 1,
      totalMinor: (day?.totalMinor ?? 0) + (isLine(type) ? totalMinor : 0),
    };
  },
  recordedFrom: (key) => `${partsOf(key).parts[0] ?? ''}T00:00:00.000Z`,
};

const isLine = (type: string) => type === ('BenchLineAdded' satisfies BenchEvent['type']);

/** Builds the read models, then damages one document after the other and has it healed. */
export async function setup({ log, documents, orders }: HealParameters): Promise<Running> {
  const projections = [benchProjection, days] as unknown as Projection<OrderDocument>[];
  const system = openSystem(log, documents, benchFeature(projections));
  const replay = replayThrough(system, orders);
  await replay.round();
  const { projections: engine, readStore } = system.app.services;

  /** Milliseconds to heal a document that somebody has changed. */
  async function heal(projection: string, key: string): Promise<number> {
    const name = engine.serving(projection) ?? '';
    const document = (await readStore.load(name, [key])).get(key);
    if (!document) throw new Error(`expected a document ${key} of ${projection}`);
    const body = { ...(document.body as object), totalMinor: -1 };
    const writes = [{ ...document, epoch: document.epoch + 1, body }];
    await readStore.commit({
      documents: [{ collection: { name, indexes: [] }, writes }],
      checkpoints: [],
    });
    const from = performance.now();
    const [report] = await engine.audit({ projection, key, heal: true });
    const tookMs = performance.now() - from;
    if (report?.damages.length !== 1) throw new Error(`expected ${key} to be healed`);
    return tookMs;
  }

  async function round(): Promise<Measured> {
    const tookMs: number[] = [];
    for (const { key } of healedOrders(orders)) tookMs.push(await heal(benchProjection.name, key));
    const dayDocuments = await readStore.scan(engine.serving(days.name) ?? '', '', 1_000);
    const { newest, first } = healedDays(
      dayDocuments.map(({ key }) => partsOf(key).parts[0] ?? ''),
    );
    const ofDay = (day: string) => heal(days.name, documentKey(STORE_ID, day));
    return {
      p50Ms: percentile(tookMs, 0.5),
      p99Ms: percentile(tookMs, 0.99),
      dayMs: await ofDay(newest),
      firstDayMs: await ofDay(first),
    };
  }

  return { round, close: replay.close };
}
