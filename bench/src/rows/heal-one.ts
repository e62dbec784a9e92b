import { join } from 'node:path';

import { runOnce } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import type { Measured } from '../harness/task.ts';
import { inputLog } from './inputs.ts';
import type { RowDefinition } from './row.ts';

const ORDERS = 1_000_000;
const PER_ORDER = 2;
const DAYS = 30;

/** One damaged document healed in a store of a million, and the total of one day. */
export const healOneRow: RowDefinition = {
  name: 'heal-one',
  async run(context) {
    const events = ORDERS * PER_ORDER;
    const log = await inputLog(context, 'heal-one', { events, perOrder: PER_ORDER, days: DAYS });
    const parameters = {
      log,
      documents: join(context.folder, 'documents.db'),
      orders: ORDERS,
      days: DAYS,
    };
    const floor = await runOnce('floor/heal', parameters);
    context.progress('heal-one: building the read models');
    const ours = await runOnce('ours/heal', parameters);
    const figure = (measured: Measured, field: string) => round3(measured[field] ?? Number.NaN);
    return {
      name: 'heal-one',
      unit: 'ms (p99)',
      better: 'less',
      ours: figure(ours, 'p99Ms'),
      floor: figure(floor, 'p99Ms'),
      peer: null,
      target: '< 100 ms; dayMs < dayReadMs',
      extra: {
        p50Ms: figure(ours, 'p50Ms'),
        dayMs: figure(ours, 'dayMs'),
        dayReadMs: figure(floor, 'dayMs'),
        dayEvents: figure(floor, 'dayEvents'),
        firstDayMs: figure(ours, 'firstDayMs'),
      },
      notes: [],
    };
  },
};
