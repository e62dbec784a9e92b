import type { ImportOrder, OrderCommand } from '../../domain/orders/index.ts';
import { JsonNode } from './json-node.ts';
import { chargesOf, discountsOf, linesOf, taxesOf } from './lines.ts';
import { money, moneyOrZero } from './money.ts';
import { paymentsOf, refundsOf } from './tenders.ts';

/** An order that is understood and still not taken over; the message says why. */
export class NotTakenOverError extends Error {}

/** What happened to the order after it was placed and paid, each step with an id of its own. */
export interface LaterStep {
  readonly commandId: string;
  readonly command: OrderCommand;
  /** Of the day on which it happened. */
  readonly businessDay: string;
}

export interface SquareOrder {
  readonly id: string;
  /** Names this version of the order, so that the same one is taken over once. */
  readonly commandId: string;
  readonly command: ImportOrder;
  readonly later: readonly LaterStep[];
}

const STATES = ['OPEN', 'COMPLETED', 'CANCELED', 'DRAFT'] as const;
const STATUS_OF = { OPEN: 'PENDING', COMPLETED: 'CONFIRMED', CANCELED: 'CANCELLED' } as const;

/** The id of an order in Square, when the item has one, to name it in reports. */
export function squareIdOf(item: unknown): string | undefined {
  const id = (item as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/**
 * An order as Square's API gives it, as commands of ours. Amounts are copied, never computed anew;
 * fields that we do not know are ignored.
 * @param businessDayOf the shop's business day of an RFC 3339 time.
 * @throws UnexpectedJsonError naming the place that is not as Square documents it.
 * @throws NotTakenOverError for drafts, returns and exchanges.
 */
export function readSquareOrder(
  item: unknown,
  businessDayOf: (instant: JsonNode) => string,
): SquareOrder {
  const order = new JsonNode(item);
  const id = order.at('id').text();
  const state = order.at('state').oneOf(STATES);
  if (state === 'DRAFT') throw new NotTakenOverError('it is a draft, not a sale');
  if (order.at('returns').items().length > 0) {
    throw new NotTakenOverError('it holds returned goods; import the sale that they come from');
  }
  const version = order.optional('version')?.integer();
  const commandId = `square-order-${id}${version === undefined ? '' : `-v${version}`}`;
  const placedAt = order.at('created_at');
  const closedAt = order.optional('closed_at') ?? placedAt;
  const businessDay = businessDayOf(closedAt);
  const data: ImportOrder['data'] = {
    source: { provider: 'square', id, ...(version !== undefined && { version }) },
    ...describe(order),
    ...pricesOf(order),
    placedAt: placedAt.text(),
    businessDay,
    status: STATUS_OF[state],
  };
  const command: ImportOrder = { type: 'ImportOrder', data };
  return { id, commandId, command, later: laterSteps(order, data, commandId, businessDayOf) };
}

function describe(order: JsonNode) {
  const customerId = order.optional('customer_id')?.text();
  const channel = order.optional('source')?.optional('name')?.text() ?? 'square';
  const reference = order.optional('reference_id')?.text();
  return {
    channel,
    ...(customerId !== undefined && { customerId }),
    ...(reference !== undefined && { note: reference }),
  };
}

/** All amounts, in the order's one currency, which is that of its total. */
function pricesOf(order: JsonNode) {
  const total = order.at('total_money');
  const currency = total.at('currency').text();
  const taxes = taxesOf(order, currency);
  const lines = linesOf(order, currency, taxes);
  const of = (name: string) => moneyOrZero(order.optional(name), currency);
  const rounding = order.optional('rounding_adjustment')?.optional('amount_money');
  const inclusiveTaxMinor = lines.reduce((sum, line) => sum + line.inclusiveTaxMinor, 0);
  return {
    currency,
    lines,
    discounts: discountsOf(order, currency),
    taxes,
    serviceCharges: chargesOf(order, currency),
    payments: paymentsOf(order, currency),
    totals: {
      grossMinor: lines.reduce((sum, line) => sum + line.grossMinor, 0),
      discountMinor: of('total_discount_money'),
      serviceChargeMinor: of('total_service_charge_money'),
      taxMinor: of('total_tax_money') - inclusiveTaxMinor,
      inclusiveTaxMinor,
      tipMinor: of('total_tip_money'),
      roundingMinor: moneyOrZero(rounding, currency),
      totalMinor: money(total, currency),
    },
  };
}

function laterSteps(
  order: JsonNode,
  { totals, currency, businessDay }: ImportOrder['data'],
  commandId: string,
  businessDayOf: (instant: JsonNode) => string,
): LaterStep[] {
  const fulfillments = order.at('fulfillments').items();
  const delivered =
    order.at('state').value === 'COMPLETED' &&
    fulfillments.length > 0 &&
    fulfillments.every((each) => each.optional('state')?.value === 'COMPLETED');
  const handedOver: LaterStep = {
    commandId: `${commandId} delivered`,
    command: { type: 'ReportStatus', data: { status: 'DELIVERED' } },
    businessDay,
  };
  const refunds = refundsOf(order, currency, totals.totalMinor - totals.tipMinor);
  return [
    ...(delivered ? [handedOver] : []),
    ...refunds.map(({ id, at, data }): LaterStep => ({
      commandId: `square-refund-${id}`,
      command: { type: 'RefundOrder', data },
      businessDay: at ? businessDayOf(at) : businessDay,
    })),
  ];
}
