import { createMapping, soldOrders } from '../inputs/sold-orders.ts';
import type { Measured, Running } from '../harness/task.ts';
import { translate } from '../../../src/commands/books/translate.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { quickBooksOf } from '../../../src/domain/books/index.ts';
import { STORE_ID } from '../inputs/events.ts';

interface Receipts {
  readonly orders: number;
  readonly times: number;
}

/** Sold orders become the documents that QuickBooks gets, as JSON, without the network. */
export function setup({ orders, times }: Receipts): Promise<Running> {
  const sold = soldOrders(orders);
  const mapping = createMapping();

  function round(): Promise<Measured> {
    const from = performance.now();
    let bytes = 0;
    for (let time = 0; time < times; time++) {
      for (const order of sold) {
        const translation = translate(systemDigest, STORE_ID, order, mapping);
        if (translation.outcome !== 'document') throw new Error(translation.reason);
        const { document } = translation;
        if (document.totalMinor !== order.totals.totalMinor) {
          throw new Error(`expected ${order.totals.totalMinor}, found ${document.totalMinor}`);
        }
        bytes += JSON.stringify(quickBooksOf(document)).length;
      }
    }
    const seconds = (performance.now() - from) / 1_000;
    const count = orders * times;
    return Promise.resolve({ perSecond: count / seconds, bytesEach: bytes / count });
  }

  return Promise.resolve({ round, close: () => Promise.resolve() });
}
