import { runOnce } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import type { RowDefinition } from './row.ts';

const ORDERS = 1_000;
const TIMES = 50;
const MONTH = 30_000;
const NONE = { floor: null, peer: null, notes: [] } as const;

/** Orders that become documents of QuickBooks, without the network. */
export const receiptsRow: RowDefinition = {
  name: 'receipts',
  async run({ progress }) {
    const measured = await runOnce('ours/receipts', { orders: ORDERS, times: TIMES });
    const perSecond = Math.round(measured['perSecond'] ?? Number.NaN);
    progress(`receipts: ${perSecond}/s`);
    return {
      ...{ name: 'receipts', unit: 'orders/s', better: 'more', ours: perSecond, ...NONE },
      target: '>= 5,000 orders/s',
      extra: { bytesEach: Math.round(measured['bytesEach'] ?? Number.NaN) },
    };
  },
};

/** A month of 30,000 orders compared with Square and the books, without the network. */
export const reconcileRow: RowDefinition = {
  name: 'reconcile-30k',
  async run({ progress }) {
    const measured = await runOnce('ours/reconcile', { orders: MONTH });
    const seconds = round3(measured['seconds'] ?? Number.NaN);
    progress(`reconcile-30k: ${seconds} s`);
    return {
      ...{ name: 'reconcile-30k', unit: 's', better: 'less', ours: seconds, ...NONE },
      target: '< 10 s',
      extra: { peakMb: Math.round(measured['peakMb'] ?? Number.NaN) },
    };
  },
};
