import type { AccountCommand } from '../../../src/domain/accounts/index.ts';
import { balanceMinor, owedMinor } from '../../../src/domain/accounts/index.ts';
import {
  dueMinor,
  type OrderCommand,
  type OrderState,
  paidMinor,
  refundedMinor,
} from '../../../src/domain/orders/index.ts';
import { readProjectFile } from '../../architecture/project-files.ts';
import { countDay, type DayCounts } from '../../support/day-count.ts';
import { line, placeOrder } from '../../support/order-builders.ts';
import { settledFindings } from './ledger.ts';
import { openShop, type Shop } from './shop.ts';

const PAGE = 'docs/explanation/money-rules.md';
const LINES = ['a', 'b', 'c'];
const common = { currency: 'EUR', reason: 'r' };

interface Step {
  readonly step: string;
  readonly result: string;
}

/** The tables of the page whose first column is a step. */
function examples(): Step[][] {
  const tables: Step[][] = [];
  let open: Step[] | undefined;
  for (const row of readProjectFile(PAGE).split('\n')) {
    const [, step, result] = /^\| `?(.+?)`? +\| `?(.+?)`? +\|$/.exec(row) ?? [];
    if (step === 'Step') tables.push((open = []));
    else if (step === undefined || result === undefined) open = undefined;
    else if (!step.startsWith('-')) open?.push({ step, result });
  }
  return tables;
}

/** The numbers and words after a name: `coin 5 tip 7` is { coin: '5', tip: '7' }. */
function options(words: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i < words.length; i += 2) pairs[words[i] ?? ''] = words[i + 1] ?? '';
  return pairs;
}

function place(words: readonly string[]): OrderCommand {
  const named = words.findIndex((word) => !/^\d+$/.test(word));
  const prices = named < 0 ? words : words.slice(0, named);
  const { coin, tip, service, discount, exclusive, inclusive } =
    named < 0 ? ({} as Record<string, string>) : options(words.slice(named));
  const percentage = exclusive ?? inclusive;
  const kind = exclusive === undefined ? 'inclusive' : 'exclusive';
  return placeOrder({
    lines: prices.map((price, i) =>
      line({ lineId: LINES[i] ?? '', unitPriceMinor: Number(price) }),
    ),
    ...(percentage !== undefined && { taxes: [{ taxId: 't', name: 'T', percentage, kind }] }),
    ...(service !== undefined && {
      serviceCharges: [{ chargeId: 's', name: 'S', amountMinor: Number(service) }],
    }),
    ...(discount !== undefined && {
      discounts: [{ discountId: 'd', name: 'D', percentage: discount }],
    }),
    ...(tip !== undefined && { tipMinor: Number(tip) }),
    ...(coin !== undefined && { cashRoundingMinor: Number(coin) }),
  });
}

function orderCommand(
  [verb = '', ...words]: readonly string[],
  order: OrderState | undefined,
): OrderCommand {
  const [first, second] = words;
  const amountMinor = Number(first);
  switch (verb) {
    case 'place':
      return place(words);
    case 'pay':
      return {
        type: 'RecordPayment',
        data: { method: second as 'cash', amountMinor, currency: 'EUR' },
      };
    case 'tip': {
      const paymentId = order && order.status !== 'none' ? order.payments.at(-1)?.paymentId : '';
      const data = { ...common, paymentId: paymentId ?? '', tipMinor: amountMinor };
      return { type: 'AdjustTip', data };
    }
    case 'charge': {
      const data = { customerId: 'marta', amountMinor, currency: 'EUR' };
      return { type: 'RequestAccountCharge', data };
    }
    case 'return':
      return { type: 'RefundOrder', data: { ...common, lines: [{ lineId: first ?? '' }] } };
    case 'refund': {
      if (first === undefined) return { type: 'RefundOrder', data: common };
      const toCash = words[2] === 'cash' ? { toCashMinor: amountMinor } : {};
      return { type: 'RefundOrder', data: { ...common, amountMinor, ...toCash } };
    }
    case 'void':
      return { type: 'VoidLine', data: { lineId: first ?? '', reason: 'r' } };
    case 'comp':
      return { type: 'CompOrder', data: { reason: 'r', approvedBy: 'Ada' } };
    case 'cancel':
      return { type: 'CancelOrder', data: { reason: 'r' } };
    default:
      throw new Error(`no such step: ${verb}`);
  }
}

function accountCommand(words: readonly string[], { account }: Shop): AccountCommand {
  const text = words.join(' ');
  const amountMinor = Number(/\d+/.exec(text)?.[0]);
  if (text.startsWith('debt')) return { type: 'OpenDebt', data: { amountMinor, currency: 'EUR' } };
  if (text.startsWith('pay out')) return { type: 'PayOutCash', data: { ...common, amountMinor } };
  if (text.startsWith('pay')) {
    const data = { method: words.at(-1) as 'cash', amountMinor, currency: 'EUR' };
    return { type: 'RecordAccountPayment', data };
  }
  if (text !== 'write off') throw new Error(`no such step: ${text}`);
  const debtId = account.status === 'open' ? (account.debts[0]?.debtId ?? '') : '';
  return { type: 'WriteOffDebt', data: { debtId, reason: 'r', approvedBy: 'Ada' } };
}

/** What a result speaks of, by the name that the page gives it. */
function factsOf(subject: string, shop: Shop): Record<string, unknown> {
  const { account, events, orders } = shop;
  if (subject === 'event') return events.findLast(({ data }) => 'amountMinor' in data)?.data ?? {};
  if (subject === 'day') {
    const counts: DayCounts = new Map();
    for (const event of events) countDay(counts, event);
    const sums = counts.get('2025-03-10 EUR');
    const of = (path: string) => Number(sums?.get(path) ?? 0n);
    return {
      sales: of('sales.totalMinor'),
      tip: of('sales.tipMinor'),
      refunds: of('refunds.totalMinor'),
      taken: of('taken.cash.amountMinor'),
    };
  }
  if (subject === 'account' && account.status === 'open') {
    return {
      owed: owedMinor(account),
      credit: account.creditMinor,
      cash: account.cashRefundableMinor,
      balance: balanceMinor(account),
    };
  }
  const order = orders.get(subject);
  if (!order || order.status === 'none') throw new Error(`there is no ${subject}`);
  const { totals, status } = order;
  return {
    status,
    gross: totals.grossMinor,
    discount: totals.discountMinor,
    service: totals.serviceChargeMinor,
    tax: totals.taxMinor,
    rounding: totals.roundingMinor,
    tip: totals.tipMinor,
    total: totals.totalMinor,
    paid: paidMinor(order),
    due: dueMinor(order),
    refunded: refundedMinor(order),
  };
}

function execute({ step, result }: Step, shop: Shop): void {
  const [on = '', ...words] = step.split(' ');
  const refused =
    on === 'account'
      ? shop.give({ on: 'account', command: accountCommand(words, shop) })
      : shop.give({ on, command: orderCommand(words, shop.orders.get(on)) });
  const expected = /^refused (\w+)$/.exec(result)?.[1];
  expect({ step, refused }).toEqual({ step, refused: expected });
  if (expected !== undefined) return;
  for (const part of result.split('; ')) {
    const [subject = '', ...rest] = part.split(' ');
    for (const fact of rest.join(' ').split(', ')) {
      const [name = '', value = ''] = fact.split(' ');
      const found = factsOf(subject, shop)[name];
      expect({ step, subject, [name]: String(found) }).toEqual({ step, subject, [name]: value });
    }
  }
}

describe('The page about the rules of money', () => {
  const all = examples();

  it('has examples', () => {
    expect(all.length).toBeGreaterThan(10);
    expect(all.flat().length).toBeGreaterThan(50);
  });

  it.each(all.map((steps) => [steps[0]?.step ?? '', steps] as const))(
    'shows what happens, from `%s` on',
    (_, steps) => {
      const shop = openShop();
      for (const step of steps) execute(step, shop);
      expect(settledFindings(shop.ledger)).toEqual([]);
    },
  );
});
