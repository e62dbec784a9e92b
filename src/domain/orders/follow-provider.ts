import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/fingerprint.ts';
import { assertCurrency, assertOpen, commonData, invalid } from './checks.ts';
import type { FollowProvider } from './commands.ts';
import type {
  FollowedPart,
  OrderChangedAtProvider,
  OrderEvent,
  OrderPaymentRecorded,
  OrderPlaced,
} from './events.ts';
import { evolveOrder } from './evolve.ts';
import { asPayments, asPlaced } from './import-order.ts';
import { exceedsDue } from './payments.ts';
import { type Order, paidMinor, pendingMinor } from './state.ts';
import { cancelOrder } from './status.ts';
import { withTip } from './tips.ts';
import { canTransition, isClosed } from './transitions.ts';

type Data = FollowProvider['data'];
type Placed = OrderPlaced['data'];
type Payment = OrderPaymentRecorded['data'];

/**
 * Follows a later version of an imported order: its prices, tips, payments and status, each as an
 * event, with what was before. One that is not later changes nothing.
 * @throws DomainError changed_here_too, tip_below_refunded, payment_exceeds_due, order_closed,
 *   illegal_transition, currency_mismatch, and those of `importOrder`.
 */
export function followProvider(data: Data, order: Order, context: CommandContext): OrderEvent[] {
  const { source } = order;
  if (source?.id !== data.source.id) throw invalid('source.id', source?.id ?? 'none', data.source);
  if (!isLater(data.source.version, source.version)) return [];
  assertCurrency(data.currency, order);
  const placed = asPlaced(data, context);
  const payments = asPayments(data.payments, placed);
  assertPaymentsKept(payments, order);
  const steps = createSteps(order);
  const isPriced = changedParts(placed, order).length > 0;
  for (const { paymentId, tipMinor } of payments) {
    const payment = steps.order.payments.find((each) => each.paymentId === paymentId);
    if (!payment || payment.tipMinor === tipMinor) continue;
    assertOpen(steps.order);
    const tip = { tipMinor, reason: `changed at ${data.source.provider}` };
    const commandId = `${context.commandId} ${paymentId}`;
    steps.take(withTip(tip, payment, steps.order, { ...context, commandId }));
  }
  const taken = payments.filter(({ paymentId }) => isNew(paymentId, order));
  if (isPriced || taken.length > 0) assertRoom(placed, taken, steps.order);
  const changed = [
    ...changedParts(placed, steps.order),
    ...(steps.order === order ? [] : (['tip'] as const)),
    ...(taken.length > 0 ? (['payments'] as const) : []),
    ...(statusAfter(data, order) === order.status ? [] : (['status'] as const)),
  ];
  if (changed.length > 0) assertOpen(order);
  steps.take(changedAtProvider(placed, changed, steps.order, context));
  for (const payment of taken) steps.take(recorded(payment, steps.order, context));
  for (const event of statusEvents(data, steps.order, context)) steps.take(event);
  return steps.events;
}

/** Versions of a provider count up. One without a version cannot be put in order. */
const isLater = (version: number | undefined, known: number | undefined): boolean =>
  version !== undefined && (known === undefined || version > known);

const isNew = (paymentId: string, { payments }: Order) =>
  !payments.some((each) => each.paymentId === paymentId);

/** The order after each event, so that the next one fits it. */
function createSteps(first: Order) {
  const events: OrderEvent[] = [];
  let order = first;
  return {
    events,
    get order() {
      return order;
    },
    take(event: OrderEvent) {
      events.push(event);
      order = evolveOrder(order, event) as Order;
    },
  };
}

/** Money that is here cannot vanish by itself: a person looks at it. */
function assertPaymentsKept(payments: readonly Payment[], order: Order): void {
  for (const { paymentId, amountMinor } of order.payments) {
    const there = payments.find((each) => each.paymentId === paymentId);
    if (there?.amountMinor === amountMinor) continue;
    throw new DomainError(
      'changed_here_too',
      `expected payment ${paymentId} of ${amountMinor} at the provider, found ${there?.amountMinor ?? 'none'}`,
      { orderId: order.orderId, paymentId, expected: amountMinor },
    );
  }
  if (!order.comped && order.compedLineIds.length === 0) return;
  const message = `expected order ${order.orderId} to have the prices of its provider, found a comp`;
  throw new DomainError('changed_here_too', message, { orderId: order.orderId });
}

/** @throws DomainError payment_exceeds_due where what is paid would be more than the total. */
function assertRoom({ totals }: Placed, taken: readonly Payment[], order: Order): void {
  const added = taken.reduce((sum, each) => sum + each.amountMinor + each.tipMinor, 0);
  const held = paidMinor(order) + pendingMinor(order) + added;
  if (held > totals.totalMinor) throw exceedsDue(held, totals.totalMinor);
}

function changedParts(placed: Placed, order: Order): FollowedPart[] {
  const differs = (a: unknown, b: unknown) => canonicalJson(a) !== canonicalJson(b);
  return [
    ...(differs(placed.lines, order.lines) ? (['lines'] as const) : []),
    ...(differs(placed.discounts, order.discounts) ? (['discounts'] as const) : []),
    ...(differs(placed.taxes, order.taxes) ? (['taxes'] as const) : []),
    ...(differs(placed.serviceCharges, order.serviceCharges) ? (['service_charges'] as const) : []),
    ...(differs(placed.totals, order.totals) ? (['totals'] as const) : []),
  ];
}

function changedAtProvider(
  { source, lines, discounts, taxes, serviceCharges, totals }: Placed,
  changed: readonly FollowedPart[],
  order: Order,
  context: CommandContext,
): OrderChangedAtProvider {
  const previousVersion = order.source?.version;
  const prices = { lines, discounts, taxes, serviceCharges, totals };
  return {
    type: 'OrderChangedAtProvider',
    data: {
      ...commonData(order, context),
      source: source ?? { provider: 'square', id: order.orderId },
      ...(previousVersion !== undefined && { previousVersion }),
      changed: [...changed],
      previousTotals: order.totals,
      ...prices,
    },
  };
}

function recorded(payment: Payment, order: Order, context: CommandContext): OrderPaymentRecorded {
  const takenMinor = payment.amountMinor + payment.tipMinor;
  const paid = paidMinor(order) + takenMinor;
  const { totals } = order;
  const sums = { paidMinor: paid, dueMinor: totals.totalMinor - paid, totals };
  const data = { ...payment, ...commonData(order, context), ...sums };
  return { type: 'OrderPaymentRecorded', data };
}

/** The provider knows less of the way of an order than the shop, so it only moves it forward. */
function statusAfter({ status }: Data, order: Order): Order['status'] {
  if (status === 'CANCELLED' && order.status !== 'CANCELLED') return 'CANCELLED';
  if (isClosed(order.status) || status !== 'CONFIRMED') return order.status;
  return canTransition(order.status, 'CONFIRMED') ? 'CONFIRMED' : order.status;
}

function statusEvents(data: Data, order: Order, context: CommandContext): OrderEvent[] {
  const to = statusAfter(data, order);
  const { orderId, status: from } = order;
  if (to === from) return [];
  if (to === 'CANCELLED') {
    assertOpen(order);
    return cancelOrder({ reason: `cancelled at ${data.source.provider}` }, order, context);
  }
  const { businessDay } = context;
  return [{ type: 'OrderStatusChanged', data: { orderId, businessDay, from, to } }];
}
