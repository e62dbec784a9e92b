import { categoryOf, partsOf } from '../../../src/domain/kernel/names.ts';
import type { DailySales } from '../../../src/projections/reports/daily-sales/document.ts';
import { balanceOf, bookAccount, type AccountBook } from './account-books.ts';
import type { CreateChecker } from './checker.ts';
import { bookOrder, sumOf, type OrderBook } from './order-books.ts';
import type { Shadow } from './shadow.ts';

/** Rules of money: an accountant of our own follows the log, and compares in the end. */
export const bookRules =
  (shadow: Shadow): CreateChecker =>
  ({ servers }, fail) => {
    const orders = new Map<string, OrderBook>();
    const accounts = new Map<string, AccountBook>();
    let booked = 0;

    /** Between order and account nothing is charged or returned twice, or for one side only. */
    function checkSettlements(): void {
      const debts = new Map<string, { stream: string; orderId?: string; kind: string }>();
      for (const [stream, { debts: each }] of accounts) {
        for (const [debtId, { kind, orderId = '' }] of each) {
          debts.set(debtId, { stream, kind, orderId });
        }
      }
      for (const [stream, { charges }] of orders) {
        for (const [chargeId, { debtId }] of charges) {
          if (debtId === undefined) continue;
          const debt = debts.get(debtId);
          debts.delete(debtId);
          if (debt?.orderId === partsOf(stream).parts[0]) continue;
          fail('charged-once', `charge ${chargeId} of ${stream} has no debt of its own`);
        }
      }
      for (const [debtId, { stream, kind }] of debts) {
        if (kind !== 'sale') continue;
        fail('charged-once', `debt ${debtId} of ${stream} belongs to no charge of an order`);
      }
    }

    function documentsOf<Doc>(projection: string): [key: string, body: Doc][] {
      const model = shadow.models.find((each) => each.projection.name === projection);
      if (!model) throw new Error(`expected a projection ${projection}`);
      return [...model.versions].map(([key, all]) => [key, all.at(-1)?.body as Doc]);
    }

    /** The documents, which are known to be the fold of the log, tell the same sums. */
    function checkDocuments(): void {
      const found = new Map(
        documentsOf<{ totals: { totalMinor: number }; paidMinor: number }>('order-details'),
      );
      for (const [stream, book] of orders) {
        const { storeId, parts } = partsOf(stream);
        const body = found.get(`${storeId}.${parts.join('.')}`);
        const paid = book.paid.cash + book.paid.card + book.paid.account;
        if (body?.paidMinor === paid && body.totals.totalMinor === book.totalMinor) continue;
        fail('documents-add-up', `${stream} is shown as ${JSON.stringify(body)}, paid is ${paid}`);
      }
      const customers = new Map(documentsOf<{ balanceMinor: number }>('customer-accounts'));
      for (const [stream, book] of accounts) {
        const { storeId, parts } = partsOf(stream);
        const body = customers.get(`${storeId}.${parts.join('.')}`);
        if (body?.balanceMinor === balanceOf(book)) continue;
        fail('documents-add-up', `${stream} is shown with ${body?.balanceMinor}`);
      }
    }

    return {
      onStep() {
        for (; booked < servers.recorded.length; booked++) {
          const event = servers.recorded[booked];
          if (!event || event.type === 'CommandRefused') continue;
          if (categoryOf(event.stream) === 'order') bookOrder(orders, event, fail);
          if (categoryOf(event.stream) === 'account') bookAccount(accounts, event, fail);
        }
      },
      atEnd() {
        checkSettlements();
        checkDocuments();
        checkDays();
      },
    };

    function checkDays(): void {
      const shown = documentsOf<DailySales>('daily-sales').flatMap(([, { currencies }]) =>
        Object.values(currencies).flatMap(({ taken }) =>
          Object.values(taken).map(({ amountMinor, tipMinor }) => amountMinor + tipMinor),
        ),
      );
      const paid = sumOf([...orders.values()].map(({ paid: by }) => sumOf(Object.values(by))));
      if (sumOf(shown) === paid) return;
      fail('documents-add-up', `${sumOf(shown)} is shown as taken, and ${paid} was paid`);
    }
  };
