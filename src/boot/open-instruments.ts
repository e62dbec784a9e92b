import { systemClock } from '../adapters/system/clock.ts';
import { createSystemHost } from '../adapters/system/host.ts';
import { createSystemMetrics } from '../adapters/system/metrics.ts';
import { createSystemTracer } from '../adapters/system/tracer.ts';
import type { Ports } from '../app/options.ts';
import type { Config } from '../config.ts';
import type { Closers } from '../lib/closers.ts';
import { omitUndefined } from '../lib/omit-undefined.ts';
import { serveMetrics } from './metrics-server.ts';

/** Shorter than the pause of any scraper, so that each sees new values. */
const KEEP_SCRAPE_MS = 1_000;

/** What observes this instance: metrics, also on a port of their own, its host and traces. */
export async function openInstruments(
  { metricsPort: port, metricsHost, dataDir, eventStore, readStore }: Config,
  closers: Closers,
): Promise<Pick<Ports, 'metrics' | 'host' | 'tracer'>> {
  const metrics = createSystemMetrics({ keepMs: KEEP_SCRAPE_MS });
  if (port > 0) {
    const server = await serveMetrics({ metrics, port, host: metricsHost });
    closers.add(() => server.close());
  }
  const isDataHere = eventStore === 'sqlite' || readStore === 'sqlite';
  const host = createSystemHost({
    dataDir: isDataHere ? dataDir : undefined,
    nowMs: systemClock.now(),
  });
  closers.add(() => host.close());
  return omitUndefined({ metrics, host, tracer: createSystemTracer() });
}
