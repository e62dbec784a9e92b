import { systemDigest } from '../../../src/adapters/system/digest.ts';
import type { ListedOrder } from '../../../src/commands/books/own-sales.ts';
import { reconcile, type ReconcileParts } from '../../../src/commands/books/reconcile.ts';
import { saleNumber } from '../../../src/commands/books/translate.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type {
  KeptDocument,
  ProviderClient,
  ProviderSale,
} from '../../../src/ports/provider-client.ts';
import type { Measured, Running } from '../harness/task.ts';
import { STORE_ID } from '../inputs/events.ts';

const PAGE = 500;
const DAYS = 30;
/** One in so many documents differs from its sale. */
const FAULT_EVERY = 750;

interface Month {
  readonly orders: number;
}

const dayOf = (i: number) => `2026-04-${String((i % DAYS) + 1).padStart(2, '0')}`;
const totalOf = (i: number) => 1_000 + (i % 977);

const orderOf = (i: number): ListedOrder => ({
  ...{ orderId: `order-${i}`, sourceId: `square-${i}`, businessDay: dayOf(i), status: 'CONFIRMED' },
  ...{ totalMinor: totalOf(i), dueMinor: 0, refundedMinor: 0 },
});

const saleOf = (i: number): ProviderSale => ({
  ...{ id: `square-${i}`, location: `L${i % 3}`, closedAt: `${dayOf(i)}T12:00:00.000Z` },
  ...{ totalMinor: totalOf(i), tipMinor: 0, feeMinor: 0 },
});

const documentOf = (i: number): KeptDocument => ({
  ...{ entity: 'SalesReceipt', id: String(i), day: dayOf(i), version: '0', isEdited: false },
  number: saleNumber(systemDigest, STORE_ID, `order-${i}`, `square-${i}`),
  totalMinor: totalOf(i) + (i % FAULT_EVERY === 0 ? 700 : 0),
  ...{ tipMinor: 0, byItem: { '1': totalOf(i) } },
  note: `Square Order ID: square-${i} square:order=square-${i} tillstream:order=order-${i}.`,
});

/** A month of sales at Square, here and in the books, in pages as the providers give them. */
export function setup({ orders }: Month): Promise<Running> {
  const all = Array.from({ length: orders }, (_, i) => i);
  const [own, sales, documents] = [all.map(orderOf), all.map(saleOf), all.map(documentOf)];
  const parts = partsOf(own, clientOf(sales, documents));
  const request = {
    ...{ storeId: STORE_ID, toleranceMinor: 0, withItems: false },
    days: { from: '2026-04-01', to: '2026-04-30' },
  };
  const expected = Math.ceil(orders / FAULT_EVERY);

  async function round(): Promise<Measured> {
    const from = performance.now();
    const { variances, comparedCount, quickbooks } = await reconcile(parts, request);
    const ms = performance.now() - from;
    if (variances.length === expected && comparedCount === orders && quickbooks.isRead) {
      return { seconds: ms / 1_000 };
    }
    throw new Error(`expected ${expected} variances, found ${variances.length}`);
  }

  return Promise.resolve({ round, close: () => Promise.resolve() });
}

const ok = <T>(value: T) => Promise.resolve({ kind: 'ok' as const, value });

function clientOf(
  sales: readonly ProviderSale[],
  documents: readonly KeptDocument[],
): Pick<ProviderClient, 'sales' | 'books'> {
  return {
    sales: {
      locations: () => ok(['L0', 'L1', 'L2']),
      list(_locations, _time, cursor = '0') {
        const next = Number(cursor) + PAGE;
        const page = sales.slice(Number(cursor), next);
        return ok({ sales: page, ...(next < sales.length && { next: String(next) }) });
      },
      get: () => ok(undefined),
    },
    books: {
      list(entity, _days, start = 1) {
        const isOther = entity !== 'SalesReceipt';
        const page = isOther ? [] : documents.slice(start - 1, start - 1 + PAGE);
        return ok({ documents: page, ...(page.length === PAGE && { next: start + PAGE }) });
      },
      findAll: () => ok([]),
      get: () => ok(undefined),
      remove: () => ok(undefined),
      find: () => ok(undefined),
      create: () => Promise.resolve({ kind: 'permanent', code: 'read_only' }),
    },
  };
}

function partsOf(
  own: readonly ListedOrder[],
  client: Pick<ProviderClient, 'sales' | 'books'>,
): ReconcileParts {
  const unused = () => Promise.resolve({ kind: 'permanent', code: 'unused' } as const);
  const whole: ProviderClient = {
    ...client,
    ...{ testConnection: unused, findTransaction: unused, listChanges: unused },
  };
  return {
    commands: {
      load: ({ initialState: state }) => Promise.resolve({ state, revision: -1, position: START }),
    },
    connections: { open: () => ok({ account: 'a', client: whole, publicUrl: '' }) },
    digest: systemDigest,
    calendar: { businessDay: (_storeId, atMs) => new Date(atMs).toISOString().slice(0, 10) },
    reads: {
      async *orders() {
        await Promise.resolve();
        yield* own;
      },
      followedSince: () => Promise.resolve({ refunded: new Set(), corrected: new Set() }),
      eventsOf: () => Promise.resolve([]),
      postingOf: () => Promise.resolve('succeeded'),
    },
  };
}
