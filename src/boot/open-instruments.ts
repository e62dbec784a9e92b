import { systemClock } from '../adapters/system/clock.ts';
import { createSystemHost } from '../adapters/system/host.ts';
import { createSystemMetrics } from '../adapters/system/metrics.ts';
import type { Ports } from '../app/options.ts';
import type { Config } from '../config.ts';
import type { Closers } from '../lib/closers.ts';
import { serveMetrics } from './metrics-server.ts';

/** What observes this instance: its metrics, also on a port of their own, and its host. */
export async function openInstruments(
  { metricsPort: port, metricsHost, dataDir, eventStore, readStore }: Config,
  closers: Closers,
): Promise<Required<Pick<Ports, 'metrics' | 'host'>>> {
  const metrics = createSystemMetrics();
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
  return { metrics, host };
}
