import { join } from 'node:path';

import { median, round3 } from '../harness/statistics.ts';
import { newKey, startProduct, whyNoServer } from '../ours/server.ts';
import { placeOne } from './http-orders.ts';
import type { RowDefinition } from './row.ts';

const SCRAPES = 200;
const WARM_UP = 20;
/** Different routes and results, so that the histograms have their series. */
const PATHS = ['/orders', '/customers', '/products', '/audit', '/history', '/alerts', '/none'];

/** Milliseconds for one scrape of all series. */
export const metricsScrapeRow: RowDefinition = {
  name: 'metrics-scrape',
  async run({ folder, progress }) {
    const base = {
      name: 'metrics-scrape',
      unit: 'ms (p99)',
      better: 'less' as const,
      floor: null,
      peer: null,
      target: 'p99 < 20 ms with 200 series per shop',
    };
    const missing = whyNoServer();
    if (missing !== undefined) return { ...base, ours: null, extra: {}, notes: [missing] };
    const key = newKey();
    const product = await startProduct(join(folder, 'data'), key);
    await placeOne(product.url, key);
    const get = (path: string) =>
      fetch(`${product.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    for (const path of PATHS) await (await get(path)).text();
    const timesMs: number[] = [];
    let series = 0;
    for (let n = 0; n < WARM_UP + SCRAPES; n++) {
      const from = performance.now();
      const response = await get('/metrics');
      const text = await response.text();
      const ms = performance.now() - from;
      if (!response.ok) throw new Error(`expected metrics, found ${response.status} ${text}`);
      series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
      if (n >= WARM_UP) timesMs.push(ms);
    }
    await product.stop();
    const sorted = timesMs.sort((a, b) => a - b);
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    progress(`metrics-scrape: p99 ${round3(p99)} ms of ${series} series`);
    return {
      ...base,
      ours: round3(p99),
      extra: { p50Ms: round3(median(timesMs)), series },
      notes: [],
    };
  },
};
