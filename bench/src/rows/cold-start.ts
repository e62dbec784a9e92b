import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { median, round3 } from '../harness/statistics.ts';
import { LOG_FILE, newKey, startProduct, startServer, whyNoServer } from '../ours/server.ts';
import type { RowDefinition } from './row.ts';
import { fillShop } from './shop.ts';

const EVENTS = 1_000_000;
const ROUNDS = 5;
const BARE = fileURLToPath(new URL('../floor/cold-start.js', import.meta.url));

/** From spawn until `/health/ready` says so, with a long log and read models that are up to date. */
export const coldStartRow: RowDefinition = {
  name: 'cold-start',
  async run(context) {
    const base = {
      name: 'cold-start',
      unit: 'ms',
      better: 'less' as const,
      peer: null,
      target: '< 1,000 ms',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const data = join(context.folder, 'data');
    const { events, buildSeconds } = await fillShop(context, {
      row: 'cold-start',
      data,
      key,
      events: EVENTS,
    });
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const product = await startProduct(data, key);
      await product.stop();
      ours.push(product.readyMs);
      const bare = await startServer([BARE, join(data, LOG_FILE)], {}, '/');
      await bare.stop();
      floor.push(bare.readyMs);
      const told = `ours ${Math.round(product.readyMs)} ms, bare ${Math.round(bare.readyMs)} ms`;
      context.progress(`cold-start round ${round}/${ROUNDS}: ${told}`);
    }
    return {
      ...base,
      ours: round3(median(ours)),
      floor: round3(median(floor)),
      extra: { events, readModelsBuiltS: round3(buildSeconds) },
      notes: [],
    };
  },
};
