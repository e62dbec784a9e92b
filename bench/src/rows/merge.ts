import { mergeFacts } from '../../../src/domain/sync/merge/merge.ts';
import { createPrng } from '../../../tests/simulation/world/prng.ts';
import { ALL_RULES, delivered, makeHistory } from '../../../tests/support/sync/histories.ts';
import { median, round3 } from '../harness/statistics.ts';
import type { RowDefinition } from './row.ts';

const HISTORIES = 5_000;
const ROUNDS = 5;
const MINUTE_MS = 60_000;

/** Random histories of a few devices, each merged once in an order of its own. */
export const mergeRow: RowDefinition = {
  name: 'merge',
  run({ progress }) {
    const rnd = createPrng(1);
    const histories = Array.from({ length: HISTORIES }, () => delivered(rnd, makeHistory(rnd)));
    const perMinute: number[] = [];
    let conflicts = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const from = performance.now();
      conflicts = 0;
      for (const facts of histories) conflicts += mergeFacts(ALL_RULES, facts).conflicts.length;
      // The first round only warms up.
      if (round > 0) perMinute.push((HISTORIES * MINUTE_MS) / (performance.now() - from));
    }
    const facts = histories.reduce((sum, each) => sum + each.length, 0);
    const ours = round3(median(perMinute.sort((a, b) => a - b)));
    progress(`merge: ${ours} histories a minute`);
    return Promise.resolve({
      ...{ name: 'merge', unit: 'histories/min', better: 'more' as const },
      ...{ ours, floor: null, peer: null, target: '>= 500,000/min' },
      extra: {
        factsPerHistory: round3(facts / HISTORIES),
        conflictsPerHistory: round3(conflicts / HISTORIES),
      },
      notes: [],
    });
  },
};
