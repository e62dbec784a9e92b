import { createHmac } from 'node:crypto';

/** A request as a provider posts it. */
export interface SignedWebhook {
  /** With the question mark; empty: none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const base64 = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text).digest('base64');
const hex = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text).digest('hex');

/** Square signs the registered address and the body. */
export function signAsSquare(secret: string, url: string, body: string): SignedWebhook {
  const signature = base64(secret, url + body);
  const headers = { ...JSON_TYPE, 'x-square-hmacsha256-signature': signature };
  return { query: '', headers, body };
}

/** QuickBooks signs the body. */
export function signAsQuickBooks(secret: string, body: string): SignedWebhook {
  const headers = { ...JSON_TYPE, 'intuit-signature': base64(secret, body) };
  return { query: '', headers, body };
}

interface MercadoPagoNotice {
  readonly dataId: string;
  readonly type: string;
  readonly requestId: string;
  /** As it is written: seconds or milliseconds. */
  readonly ts: string;
  readonly body: string;
}

/** Mercado Pago signs the id of the query, the id of the request and the time. */
export function signAsMercadoPago(secret: string, notice: MercadoPagoNotice): SignedWebhook {
  const { dataId, type, requestId, ts, body } = notice;
  const manifest = `id:${dataId.toLowerCase()};request-id:${requestId};ts:${ts};`;
  const headers = {
    ...JSON_TYPE,
    'x-request-id': requestId,
    'x-signature': `ts=${ts},v1=${hex(secret, manifest)}`,
  };
  const query = `?data.id=${encodeURIComponent(dataId)}&type=${encodeURIComponent(type)}`;
  return { query, headers, body };
}

/** Stripe signs the time in seconds and the body. */
export function signAsStripe(secret: string, seconds: number, body: string): SignedWebhook {
  const v1 = hex(secret, `${seconds}.${body}`);
  return {
    query: '',
    headers: { ...JSON_TYPE, 'stripe-signature': `t=${seconds},v1=${v1}` },
    body,
  };
}
