import type { AccountEvent } from '../../../src/domain/accounts/events.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { upcast } from '../../../src/domain/kernel/event-types.ts';
import { categoryOf, partsOf } from '../../../src/domain/kernel/names.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import { features } from '../../../src/features/index.ts';
import type { DailySales } from '../../../src/projections/reports/daily-sales/document.ts';
import { book, createLedger, type Ledger, settledFindings } from '../../domain/ledger/ledger.ts';
import {
  countDay,
  countOf,
  type DayCount,
  type DayCounts,
  differenceOf,
} from '../../support/day-count.ts';
import { type AccountBook, balanceOf, bookAccount } from './account-books.ts';
import type { CreateChecker } from './checker.ts';
import { bookOrder, type OrderBook } from './order-books.ts';
import type { Shadow } from './shadow.ts';

/** Rules of money: independent books follow the log and are compared with the documents. */
export const bookRules =
  (shadow: Shadow): CreateChecker =>
  ({ servers }, fail) => {
    const orders = new Map<string, OrderBook>();
    const accounts = new Map<string, AccountBook>();
    const days = new Map<string, DayCounts>();
    let booked = 0;

    const ledgers = new Map<string, Ledger>();
    const types = eventTypesOf(features);

    /** As the current version of its type has it: a node of an older version recorded the older. */
    function countEvent(recorded: RecordedEvent): void {
      const event = upcast(types, recorded);
      const { storeId } = event.metadata;
      const ledger = ledgers.get(storeId) ?? createLedger();
      ledgers.set(storeId, ledger);
      book(ledger, event as unknown as OrderEvent | AccountEvent);
      const counts = days.get(storeId) ?? new Map<string, DayCount>();
      days.set(storeId, counts);
      countDay(counts, event as unknown as OrderEvent | AccountEvent);
    }

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

    /** The documents, which are known to be the fold of the log, show the same sums. */
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
          const category = categoryOf(event.stream);
          if (category === 'order' || category === 'account') countEvent(event);
          if (category === 'order') bookOrder(orders, event, fail);
          if (category === 'account') bookAccount(accounts, event, fail);
        }
      },
      atEnd() {
        for (const [storeId, ledger] of ledgers) {
          for (const finding of settledFindings(ledger)) fail('ledger', `${storeId}: ${finding}`);
        }
        for (const [stream, { breach }] of accounts) {
          if (breach !== undefined) fail('breach-alert', `${stream} owes too much after ${breach}`);
        }
        checkSettlements();
        checkDocuments();
        checkDays();
      },
    };

    /** Every sum of every day, against a count that shares no code with the report. */
    function checkDays(): void {
      const shown = new Map<string, DayCount>();
      for (const [key, { day, currencies }] of documentsOf<DailySales>('daily-sales')) {
        for (const [currency, sums] of Object.entries(currencies)) {
          shown.set(`${partsOf(key).storeId} ${day} ${currency}`, countOf(sums));
        }
      }
      for (const [storeId, counts] of days) {
        for (const [dayAndCurrency, counted] of counts) {
          const key = `${storeId} ${dayAndCurrency}`;
          const difference = differenceOf(counted, shown.get(key));
          shown.delete(key);
          if (difference !== undefined) fail('documents-add-up', `${key}: ${difference}`);
        }
      }
      for (const [key, sums] of shown) {
        const difference = differenceOf(undefined, sums);
        if (difference !== undefined) fail('documents-add-up', `${key}: ${difference}`);
      }
    }
  };
