import type { RecordedEvent } from '../kernel/event.ts';

interface Followed {
  /** Type of the event in the log. */
  readonly type: string;
  /** Category of its stream. */
  readonly category: string;
  /** The fields that are sent: ids, amounts, days and literals. Free text and names stay here. */
  readonly fields: readonly string[];
  readonly meaning: string;
}

const followed = (
  category: string,
  type: string,
  fields: readonly string[],
  meaning: string,
): Followed => ({ category, type, fields, meaning });

const ORDER = ['orderId', 'businessDay', 'currency'];
const PAYMENT = ['paymentId', ...ORDER];
const ACCOUNT = ['customerId', 'businessDay', 'currency', 'balanceMinor'];
const PRODUCT = ['productId', 'sku', 'currency', 'priceMinor', 'categoryId'];
const STOCK = ['productId', 'locationId'];
const DRAWER = ['drawerId', 'tillId', 'businessDay', 'currency'];

/** What the systems of a shop can follow. The names are those of the webhooks, for ever. */
export const FOLLOWED_EVENTS = {
  'order.placed': followed(
    'order',
    'OrderPlaced',
    [...ORDER, 'customerId', 'priority', 'placedAt', 'totals'],
    'An order was placed.',
  ),
  'order.status_changed': followed(
    'order',
    'OrderStatusChanged',
    ['orderId', 'businessDay', 'from', 'to'],
    'An order has another status.',
  ),
  'order.cancelled': followed(
    'order',
    'OrderCancelled',
    [...ORDER, 'placedOn', 'from', 'totals'],
    'An order was cancelled.',
  ),
  'order.line_voided': followed(
    'order',
    'OrderLineVoided',
    [...ORDER, 'placedOn', 'lineId', 'quantity', 'totals'],
    'A line was taken off an order.',
  ),
  'order.comped': followed(
    'order',
    'OrderComped',
    [...ORDER, 'placedOn', 'lineId', 'compMinor', 'totals'],
    'A line or an order was given free of charge.',
  ),
  'order.changed_at_provider': followed(
    'order',
    'OrderChangedAtProvider',
    [...ORDER, 'placedOn', 'source', 'previousVersion', 'changed', 'previousTotals', 'totals'],
    'An imported order has a later version at its provider.',
  ),
  'order.payment_recorded': followed(
    'order',
    'OrderPaymentRecorded',
    [
      ...ORDER,
      ...['placedOn', 'paymentId', 'method', 'amountMinor', 'tipMinor'],
      ...['changeMinor', 'paidMinor', 'dueMinor'],
    ],
    'An order received a payment.',
  ),
  'order.tip_adjusted': followed(
    'order',
    'OrderTipAdjusted',
    [...ORDER, 'placedOn', 'paymentId', 'previousTipMinor', 'tipMinor', 'paidMinor', 'dueMinor'],
    'The tip of a payment was changed.',
  ),
  'order.refunded': followed(
    'order',
    'OrderRefunded',
    [
      ...ORDER,
      ...['placedOn', 'refundId', 'customerId', 'amountMinor', 'tipMinor'],
      ...['toCashMinor', 'toCardMinor', 'toAccountMinor', 'remainingMinor'],
    ],
    'Money of an order went back.',
  ),
  'payment.requested': followed(
    'payment',
    'PaymentRequested',
    [...PAYMENT, 'method', 'amountMinor', 'tipMinor', 'customerId'],
    'A payment through a provider began.',
  ),
  'payment.succeeded': followed(
    'payment',
    'PaymentSucceeded',
    [...PAYMENT, 'transactionId', 'chargedMinor'],
    'The provider has charged a payment.',
  ),
  'payment.failed': followed(
    'payment',
    'PaymentFailed',
    [...PAYMENT],
    'A payment through a provider failed.',
  ),
  'payment.refunded': followed(
    'payment',
    'PaymentRefunded',
    [...PAYMENT, 'refundId', 'amountMinor', 'refundedMinor', 'transactionId'],
    'The provider has paid money back.',
  ),
  'account.opened': followed(
    'account',
    'AccountOpened',
    [...ACCOUNT, 'creditLimitMinor'],
    'A customer has an account.',
  ),
  'account.debt_opened': followed(
    'account',
    'DebtOpened',
    [...ACCOUNT, 'debtId', 'kind', 'amountMinor', 'orderId', 'dueDate'],
    'A customer owes more.',
  ),
  'account.payment_recorded': followed(
    'account',
    'AccountPaymentRecorded',
    [...ACCOUNT, 'paymentId', 'method', 'amountMinor', 'creditMinor'],
    'A customer paid debts.',
  ),
  'account.debt_written_off': followed(
    'account',
    'DebtWrittenOff',
    [...ACCOUNT, 'debtId', 'amountMinor', 'remainingMinor'],
    'A debt will not be collected.',
  ),
  'account.credit_limit_breached': followed(
    'account',
    'CreditLimitBreached',
    [...ACCOUNT, 'creditLimitMinor', 'overMinor', 'cause', 'debtId', 'orderId'],
    'A customer owes more than the limit allows.',
  ),
  'product.created': followed('product', 'ProductCreated', PRODUCT, 'A product was added.'),
  'product.changed': followed('product', 'ProductChanged', PRODUCT, 'A product was changed.'),
  'product.deleted': followed('product', 'ProductDeleted', PRODUCT, 'A product was deleted.'),
  'product.restored': followed('product', 'ProductRestored', PRODUCT, 'A product is back.'),
  'stock.replenished': followed(
    'stock',
    'StockReplenished',
    [...STOCK, 'quantity', 'onHand', 'reserved'],
    'Goods came in.',
  ),
  'stock.adjusted': followed(
    'stock',
    'StockAdjusted',
    [...STOCK, 'change', 'onHand', 'reserved'],
    'A stock was corrected.',
  ),
  'stock.fell_low': followed(
    'stock',
    'StockFellLow',
    [...STOCK, 'available', 'threshold'],
    'A stock is low.',
  ),
  'stock.went_negative': followed(
    'stock',
    'StockWentNegative',
    [...STOCK, 'available'],
    'More was sold than there is.',
  ),
  'drawer.opened': followed(
    'drawer',
    'DrawerOpened',
    [...DRAWER, 'branchId', 'openingFloatMinor'],
    'A drawer session began.',
  ),
  'drawer.closed': followed(
    'drawer',
    'DrawerClosed',
    [...DRAWER, 'expectedMinor', 'countedMinor', 'varianceMinor'],
    'A drawer session ended.',
  ),
} as const satisfies Readonly<Record<string, Followed>>;

export type FollowedEventName = keyof typeof FOLLOWED_EVENTS;
export const FOLLOWED_EVENT_NAMES = Object.keys(FOLLOWED_EVENTS) as FollowedEventName[];

const ENTRIES = Object.entries(FOLLOWED_EVENTS) as [FollowedEventName, Followed][];
const BY_TYPE = new Map(ENTRIES.map(([name, { type }]) => [type, name] as const));
export const FOLLOWED_TYPES: readonly string[] = [...BY_TYPE.keys()];
export const FOLLOWED_CATEGORIES: readonly string[] = [
  ...new Set(ENTRIES.map(([, { category }]) => category)),
];

/** The name by which an event is followed; undefined for those that are not. */
export function followedName({ type }: Pick<RecordedEvent, 'type'>): FollowedEventName | undefined {
  return BY_TYPE.get(type);
}

/** The type of a webhook that is sent on demand, to try the address. */
export const TEST_EVENT = 'webhook.test';

/**
 * Body of the webhook of an event: the same bytes for each attempt. It holds the listed fields and
 * no others, so that what is added to an event later stays here until it is listed.
 */
export function followedBody(name: FollowedEventName, recorded: RecordedEvent): string {
  const { id: eventId, revision, recordedAt: timestamp, metadata } = recorded;
  const data = recorded.data as Readonly<Record<string, unknown>>;
  const fields = FOLLOWED_EVENTS[name].fields.flatMap((field) =>
    isSendable(data[field]) ? [[field, data[field]] as const] : [],
  );
  const about = { eventId, storeId: metadata.storeId, revision, ...Object.fromEntries(fields) };
  return JSON.stringify({ type: name, timestamp, data: about });
}

/** One value, or amounts by name. */
function isSendable(value: unknown): boolean {
  if (typeof value !== 'object') return value !== undefined;
  if (value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => typeof each === 'number');
}
