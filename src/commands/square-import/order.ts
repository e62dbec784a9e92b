import { MAX_NAME_LENGTH, MAX_NOTE_LENGTH } from '../../domain/kernel/schema.ts';
import type { ImportOrder, OrderCommand } from '../../domain/orders/index.ts';
import { chargesOf, discountsOf, taxesOf } from './adjustments.ts';
import type { ItemCodeName } from './codes.ts';
import type { JsonNode } from './json-node.ts';
import { lineNodesOf, lineOf } from './lines.ts';
import { money, moneyOrZero, signedMoney } from './money.ts';
import { refundsOf } from './refunds.ts';
import { NO_SALE, noteUnpaidTenders, paymentsOf } from './tenders.ts';

/** A well-formed order that is not imported. `path` is a JSON pointer to the reason. */
export class NotImportedError extends Error {
  readonly code: ItemCodeName | 'total_mismatch';
  readonly path: string;

  constructor(code: NotImportedError['code'], { path }: JsonNode, message: string) {
    super(message);
    this.name = 'NotImportedError';
    this.code = code;
    this.path = path;
  }
}

/** A command for an event after the order was placed and paid, with its own command id. */
export interface LaterStep {
  readonly commandId: string;
  readonly command: OrderCommand;
  /** The day on which it happened. */
  readonly businessDay: string;
  /** JSON pointer to its source in the order. */
  readonly path: string;
}

export interface SquareOrder {
  readonly id: string;
  /** Names this version of the order, so that each version is imported once. */
  readonly commandId: string;
  readonly command: ImportOrder;
  readonly later: readonly LaterStep[];
}

const STATES = ['OPEN', 'COMPLETED', 'CANCELED', 'DRAFT'] as const;
const STATUS_OF = { OPEN: 'PENDING', COMPLETED: 'CONFIRMED', CANCELED: 'CANCELLED' } as const;

/** The Square id of an item, if it has one, for reports. */
export function squareIdOf(item: unknown): string | undefined {
  const id = (item as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' && id.trim() !== '' ? id : undefined;
}

/**
 * Translates an order in the form of Square's API into commands. Amounts are copied, never computed
 * again. Fields that are not read are not checked either.
 * @param businessDayOf the shop's business day of an RFC 3339 time.
 * @throws UnexpectedJsonError naming the place that is not as Square documents it.
 * @throws NotImportedError for drafts, drawer openings, returns and exchanges.
 */
export function readSquareOrder(
  order: JsonNode,
  businessDayOf: (instant: JsonNode) => string,
): SquareOrder {
  const id = idOf(order);
  const state = order.at('state').oneOf(STATES);
  if (state === 'DRAFT') {
    throw new NotImportedError('draft_order', order.at('state'), 'it is a draft, not a sale');
  }
  const returns = order.at('returns');
  if (returns.items().length > 0) {
    throw new NotImportedError('order_with_returns', returns, 'it contains returned goods');
  }
  assertHoldsSale(order);
  const version = order.optional('version')?.integer();
  const commandId = `square-order-${id}${version === undefined ? '' : `-v${version}`}`;
  const placedAt = order.at('created_at');
  const placedOn = businessDayOf(placedAt);
  const closedAt = order.optional('closed_at');
  const data: ImportOrder['data'] = {
    source: { provider: 'square', id, ...(version !== undefined && { version }) },
    ...describe(order),
    ...pricesOf(order),
    placedAt: placedAt.text(),
    businessDay: closedAt ? businessDayOf(closedAt) : placedOn,
    status: STATUS_OF[state],
  };
  if (state !== 'CANCELED') noteUnpaidTenders(order, data.payments, data.totals.totalMinor);
  const command: ImportOrder = { type: 'ImportOrder', data };
  return { id, commandId, command, later: laterSteps(order, data, commandId, businessDayOf) };
}

function idOf(order: JsonNode): string {
  const id = order.at('id');
  if (id.exists) return id.id();
  throw new NotImportedError('order_without_id', id, "expected the order's Square id, found none");
}

/** At Square, opening the drawer without a sale is an order too, without lines and money. */
function assertHoldsSale(order: JsonNode): void {
  const isNothing = (amount: JsonNode | undefined) =>
    (amount?.optional('amount')?.value ?? 0) === 0;
  const tenders = order.at('tenders').items();
  const opening = tenders.find((tender) => tender.optional('type')?.value === NO_SALE);
  const holdsSale =
    ['line_items', 'service_charges', 'refunds'].some(
      (name) => order.at(name).items().length > 0,
    ) ||
    tenders.some((each) => each !== opening && !isNothing(each.optional('amount_money'))) ||
    !isNothing(order.optional('total_money'));
  if (holdsSale) return;
  if (!opening) {
    throw new NotImportedError('no_sale', order, 'it has no line items and no money');
  }
  throw new NotImportedError('no_sale', opening.at('type'), 'the drawer was opened without a sale');
}

function describe(order: JsonNode) {
  const customerId = order.optional('customer_id')?.id();
  const channel = order.optional('source')?.optional('name')?.label(MAX_NAME_LENGTH) ?? 'square';
  const reference = order.optional('reference_id')?.label(MAX_NOTE_LENGTH);
  return {
    channel,
    ...(customerId !== undefined && { customerId }),
    ...(reference !== undefined && { note: reference }),
  };
}

const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);

/** All amounts, in the order's one currency, which is that of its total. */
function pricesOf(order: JsonNode) {
  const total = order.at('total_money');
  const currency = total.at('currency').text();
  const lineNodes = lineNodesOf(order);
  const taxes = taxesOf(order, lineNodes, currency);
  const inclusive = new Set<unknown>(
    taxes.filter(({ kind }) => kind === 'inclusive').map(({ taxId }) => taxId),
  );
  const lines = lineNodes.map((line) => lineOf(line, inclusive, currency));
  const serviceCharges = chargesOf(order, inclusive, currency);
  const of = (name: string) => moneyOrZero(order.optional(name), currency);
  const rounding = order.optional('rounding_adjustment')?.optional('amount_money');
  const inclusiveTaxMinor = sumOf(
    [...lines, ...serviceCharges].map((part) => part.inclusiveTaxMinor ?? 0),
  );
  return {
    currency,
    lines,
    discounts: discountsOf(order, lineNodes, currency),
    taxes,
    serviceCharges,
    payments: paymentsOf(order, currency),
    totals: {
      grossMinor: sumOf(lines.map((line) => line.grossMinor)),
      discountMinor: of('total_discount_money'),
      serviceChargeMinor: of('total_service_charge_money'),
      taxMinor: exclusiveTaxOf(order, inclusiveTaxMinor, currency),
      inclusiveTaxMinor,
      tipMinor: of('total_tip_money'),
      roundingMinor: rounding ? signedMoney(rounding, currency) : 0,
      totalMinor: money(total, currency),
    },
  };
}

/** Square's total tax without the part that is contained in prices and service charges. */
function exclusiveTaxOf(order: JsonNode, inclusiveTaxMinor: number, currency: string): number {
  const node = order.at('total_tax_money');
  const totalMinor = node.exists ? money(node, currency) : 0;
  if (totalMinor >= inclusiveTaxMinor) return totalMinor - inclusiveTaxMinor;
  throw new NotImportedError(
    'total_mismatch',
    node,
    `expected at least the ${inclusiveTaxMinor} of inclusive tax, found ${totalMinor}`,
  );
}

function laterSteps(
  order: JsonNode,
  { totals, currency, businessDay, source }: ImportOrder['data'],
  commandId: string,
  businessDayOf: (instant: JsonNode) => string,
): LaterStep[] {
  const fulfillments = order.at('fulfillments').items();
  const isDelivered =
    order.at('state').value === 'COMPLETED' &&
    fulfillments.length > 0 &&
    fulfillments.every((each) => each.optional('state')?.value === 'COMPLETED');
  const delivered: LaterStep = {
    commandId: `${commandId} delivered`,
    command: { type: 'ReportStatus', data: { status: 'DELIVERED' } },
    businessDay,
    path: order.at('fulfillments').path,
  };
  const refunds = refundsOf(order, currency, totals.totalMinor - totals.tipMinor);
  return [
    ...(isDelivered ? [delivered] : []),
    ...refunds.map(({ id, path, at, data }, i): LaterStep => ({
      commandId: `square-refund-${id ?? `${source.id}-${i + 1}`}`,
      command: { type: 'RefundOrder', data },
      businessDay: at ? businessDayOf(at) : businessDay,
      path,
    })),
  ];
}
