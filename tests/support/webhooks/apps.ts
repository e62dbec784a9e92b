import {
  signAsMercadoPago,
  signAsQuickBooks,
  signAsSquare,
  signAsStripe,
  type SignedWebhook,
} from '../../../simulators/webhooks/signatures.ts';

/** Signs the webhooks of all apps of the tests. */
export const APP_SECRET = 'secret-of-the-app';
export const SQUARE_URL = 'https://shop.example.org/webhooks/square/main';
/** The name of an address that takes hints. */
export const HIDDEN = 'hints-0123456789abcdef0123456789abcdef';

/** Accounts of two shops at each provider. */
export const PROVIDER_APPS = [
  {
    provider: 'square',
    app: 'main',
    secrets: [APP_SECRET],
    url: SQUARE_URL,
    accounts: { 'merchant-a': 'a', 'merchant-b': 'b', 'merchant-gone': 'gone' },
  },
  {
    provider: 'quickbooks',
    app: 'main',
    secrets: [APP_SECRET],
    accounts: { 'realm-a': 'a', 'realm-b': 'b' },
  },
  {
    provider: 'mercadopago',
    app: 'main',
    secrets: ['secret-of-production', APP_SECRET],
    accounts: { '44444': 'a' },
  },
  { provider: 'mercadopago', app: HIDDEN, unsigned: true, accounts: { '44444': 'a' } },
  { provider: 'stripe', app: 'main', secrets: [APP_SECRET], accounts: { acct_a: 'a' } },
  {
    provider: 'stripe',
    app: 'office',
    secrets: [APP_SECRET],
    accounts: { acct_a: 'a' },
    networks: ['10.1.0.0/16'],
  },
  { provider: 'mailchimp', app: HIDDEN, unsigned: true, accounts: { audience: 'a' } },
];

export interface SquareEvent {
  readonly event_id: string;
  readonly type?: string;
  readonly merchant_id?: string;
  readonly order_id?: string;
}

/** An event of Square about a payment of an order. */
export function squareEvent(given: SquareEvent): string {
  const { event_id, type = 'payment.updated', merchant_id = 'merchant-a' } = given;
  const payment = {
    id: `pay-${event_id}`,
    order_id: given.order_id ?? 'order-1',
    status: 'COMPLETED',
  };
  const data = { type: 'payment', id: payment.id, object: { payment } };
  return JSON.stringify({ merchant_id, type, event_id, created_at: '2026-01-15T18:00:00Z', data });
}

export const squareWebhook = (event: SquareEvent): SignedWebhook =>
  signAsSquare(APP_SECRET, SQUARE_URL, squareEvent(event));

interface CloudEvent {
  readonly id: string;
  readonly realm: string;
  readonly type?: string;
}

export const cloudEvents = (events: readonly CloudEvent[]): SignedWebhook =>
  signAsQuickBooks(
    APP_SECRET,
    JSON.stringify(
      events.map(({ id, realm, type = 'qbo.invoice.created.v1' }) => ({
        specversion: '1.0',
        id,
        source: 'intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=',
        type,
        datacontenttype: 'application/json',
        time: '2026-01-15T18:00:00.123456789Z',
        intuitentityid: `invoice-${realm}`,
        intuitaccountid: realm,
        data: {},
      })),
    ),
  );

export function mercadoPagoNotice(dataId: string, more: object = {}): SignedWebhook {
  const ts = String(Math.floor(Date.now() / 1_000));
  const type = 'payment';
  const body = JSON.stringify({
    ...{ id: 12_345, live_mode: true, type, user_id: 44_444, api_version: 'v1' },
    ...{ date_created: '2026-01-15T14:00:00.000-04:00', action: 'payment.updated' },
    ...{ data: { id: dataId }, ...more },
  });
  return signAsMercadoPago(APP_SECRET, { dataId, type, requestId: `request-${dataId}`, ts, body });
}

export function stripeEvent(
  id: string,
  more: { readonly seconds?: number; readonly account?: string; readonly type?: string } = {},
): SignedWebhook {
  const { seconds = Math.floor(Date.now() / 1_000), account, type } = more;
  const object = { id: `pi_${id}`, object: 'payment_intent', amount: 1_599, currency: 'usd' };
  const event = {
    ...{ id, object: 'event', created: seconds, type: type ?? 'payment_intent.succeeded' },
    ...(account !== undefined && { account }),
    data: { object },
  };
  return signAsStripe(APP_SECRET, seconds, JSON.stringify(event));
}
