import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { OrderEvent, PricedLine, Totals } from '../../../src/domain/orders/events.ts';

/** An order as an accountant keeps it, from the events and nothing of the product's own rules. */
export interface OrderBook {
  totalMinor: number;
  /** By way of payment: cash, the account, and all else. */
  readonly paid: Record<Way, number>;
  readonly refunded: Record<Way, number>;
  /** Tips by payment. */
  readonly tips: Map<string, number>;
  ended: boolean;
  readonly charges: Map<string, { amountMinor: number; debtId?: string; rejected?: true }>;
}

type Way = 'cash' | 'card' | 'account';
type Say = (message: string) => void;

export const sumOf = (amounts: Iterable<number>): number =>
  [...amounts].reduce((sum, each) => sum + each, 0);
const all = (amounts: Record<Way, number>) => amounts.cash + amounts.card + amounts.account;

/** quantity × price to the nearest minor unit; either neighbour when it lies in the middle. */
function isProduct(quantity: string, unitMinor: number, foundMinor: number): boolean {
  const [whole = '0', fraction = ''] = quantity.split('.');
  const scale = 10n ** BigInt(fraction.length);
  const exact = BigInt(whole + fraction) * BigInt(unitMinor);
  const off = BigInt(foundMinor) * scale - exact;
  return 2n * (off < 0n ? -off : off) <= scale;
}

function checkLine(line: PricedLine, say: Say): void {
  const { lineId, quantity, unitPriceMinor, modifiers } = line;
  const { grossMinor, discountMinor, taxMinor, totalMinor } = line;
  const modifiersMinor = sumOf(modifiers.map((each) => each.quantity * each.unitPriceMinor));
  if (!isProduct(quantity, unitPriceMinor + modifiersMinor, grossMinor)) {
    say(`line ${lineId} is ${quantity} × ${unitPriceMinor + modifiersMinor} = ${grossMinor}`);
  }
  if (totalMinor !== grossMinor - discountMinor + taxMinor) say(`line ${lineId} does not add up`);
}

function checkPrices(
  { lines, serviceCharges, totals }: Extract<OrderEvent, { type: 'OrderPlaced' }>['data'],
  say: Say,
): void {
  for (const line of lines) checkLine(line, say);
  const parts: Partial<Totals> = {
    grossMinor: sumOf(lines.map((line) => line.grossMinor)),
    discountMinor: sumOf(lines.map((line) => line.discountMinor)),
    serviceChargeMinor: sumOf(serviceCharges.map((charge) => charge.appliedMinor)),
    taxMinor:
      sumOf(lines.map((line) => line.taxMinor)) +
      sumOf(serviceCharges.map((charge) => charge.taxMinor)),
  };
  for (const [name, sum] of Object.entries(parts)) {
    const found = totals[name as keyof Totals];
    if (found !== sum) say(`${name} is ${found}, while its parts are ${sum}`);
  }
}

function checkTotals(totals: Totals, say: Say): void {
  const { grossMinor, discountMinor, serviceChargeMinor, taxMinor, tipMinor } = totals;
  const sum = grossMinor - discountMinor + serviceChargeMinor + taxMinor + tipMinor;
  if (sum + totals.roundingMinor !== totals.totalMinor) {
    say(`the total is ${totals.totalMinor}, while its parts are ${sum + totals.roundingMinor}`);
  }
}

const wayOf = (method: string): Way =>
  method === 'cash' ? 'cash' : method === 'on_account' ? 'account' : 'card';

/** Takes an event of an order into its book, and says what in it is no proper accounting. */
export function bookOrder(
  books: Map<string, OrderBook>,
  event: RecordedEvent,
  say: (rule: string, message: string) => void,
): void {
  const { type, data } = event as unknown as OrderEvent;
  const priced: Say = (message) => say('order-adds-up', `${event.stream} ${type}: ${message}`);
  const paid: Say = (message) => say('payments-add-up', `${event.stream} ${type}: ${message}`);
  if (type === 'OrderPlaced') {
    checkPrices(data, priced);
    books.set(event.stream, {
      totalMinor: 0,
      paid: { cash: 0, card: 0, account: 0 },
      refunded: { cash: 0, card: 0, account: 0 },
      tips: new Map(),
      ended: false,
      charges: new Map(),
    });
  }
  const book = books.get(event.stream);
  if (!book) return;
  if ('totals' in data) {
    checkTotals(data.totals, priced);
    book.totalMinor = data.totals.totalMinor;
  }
  const settled = (said: { paidMinor: number; dueMinor: number }) => {
    const sum = all(book.paid);
    if (said.paidMinor !== sum) paid(`says ${said.paidMinor} is paid, while ${sum} is`);
    const due = book.totalMinor - sum;
    if (said.dueMinor !== due) paid(`says ${said.dueMinor} is due, while ${due} is`);
    if (due < 0) paid(`${-due} more is paid than the order costs`);
  };
  switch (type) {
    case 'OrderPaymentRecorded':
      book.paid[wayOf(data.method)] += data.amountMinor + data.tipMinor;
      book.tips.set(data.paymentId, data.tipMinor);
      settled(data);
      break;
    case 'OrderTipAdjusted': {
      const before = book.tips.get(data.paymentId);
      if (before === undefined) paid(`changes the tip of ${data.paymentId}, which was not paid`);
      book.paid[wayOf(data.method)] += data.tipMinor - (before ?? 0);
      book.tips.set(data.paymentId, data.tipMinor);
      settled(data);
      for (const way of ['cash', 'card'] as const) {
        const over = book.refunded[way] - book.paid[way];
        if (over > 0) paid(`${over} more went back by ${way} than came in`);
      }
      break;
    }
    case 'AccountChargeRequested':
      book.charges.set(data.chargeId, { amountMinor: data.amountMinor });
      break;
    case 'AccountChargeConfirmed': {
      const charge = book.charges.get(data.chargeId);
      if (charge?.amountMinor !== data.amountMinor) paid('another amount than was asked for');
      if (charge) charge.debtId = data.debtId;
      book.paid.account += data.amountMinor;
      settled(data);
      break;
    }
    case 'AccountChargeRejected': {
      const charge = book.charges.get(data.chargeId);
      if (charge) charge.rejected = true;
      break;
    }
    case 'OrderRefunded':
      bookRefund(book, data, paid);
      break;
    case 'OrderStatusChanged':
      if (book.ended) say('status-ends', `${event.stream} goes on to ${data.to} after its end`);
      book.ended = data.to === 'REFUNDED';
      break;
    case 'OrderCancelled':
      if (book.ended) say('status-ends', `${event.stream} is cancelled after its end`);
      book.ended = true;
      break;
  }
}

function bookRefund(
  book: OrderBook,
  data: Extract<OrderEvent, { type: 'OrderRefunded' }>['data'],
  say: Say,
): void {
  const { toCashMinor, toCardMinor, toAccountMinor, amountMinor, tipMinor, lines } = data;
  book.refunded.cash += toCashMinor;
  book.refunded.card += toCardMinor;
  book.refunded.account += toAccountMinor;
  const sent = toCashMinor + toCardMinor + toAccountMinor;
  if (sent !== amountMinor + tipMinor) say(`${sent} of ${amountMinor + tipMinor} goes somewhere`);
  const named = sumOf(lines.map((line) => line.amountMinor));
  if (lines.length > 0 && named !== amountMinor) say(`its lines are ${named} of ${amountMinor}`);
  const left = all(book.paid) - all(book.refunded);
  if (left < 0) say(`${-left} more is refunded than was paid`);
  if (data.remainingMinor !== left) say(`says ${data.remainingMinor} remains, while ${left} does`);
  for (const way of ['cash', 'card'] as const) {
    const over = book.refunded[way] - book.paid[way];
    if (over > 0) say(`${over} more goes back by ${way} than came in`);
  }
}
