import type { WebhookContent, WebhookRequest, WebhookScheme } from '../../ports/webhook-sources.ts';
import {
  hmacSha256,
  instantOf,
  isObject,
  isSame,
  type Json,
  jsonOf,
  malformed,
  objectIn,
  optionalId,
  textOf,
} from '../shared/webhook-parts.ts';

const SIGNATURE = /(?:^|,)\s*ts=(\d{1,16})\s*,\s*v1=([0-9a-fA-F]{64})\s*$/;
/** A time above this is in milliseconds: documents and deliveries do not agree on the unit. */
const MAX_SECONDS = 100_000_000_000;
/** Retries go on for days, and may keep their first time: repeats are recognized by their event. */
const MAX_AGE_MS = 7 * 86_400_000;
/** Hints about one entity within this time are one. */
const HINT_MS = 60_000;

const KNOWN = new Set([
  ...['payment', 'merchant_order', 'topic_merchant_order_wh', 'order'],
  ...['topic_chargebacks_wh', 'chargebacks', 'mp-connect', 'point_integration_wh'],
]);

/**
 * Webhooks of Mercado Pago: the id of the query, the id of the request and the time are signed, and
 * not the body. Some are never signed. Whatever the body says, the provider is asked.
 */
export const mercadopagoWebhooks: WebhookScheme = {
  maxAgeMs: MAX_AGE_MS,
  signedAtMs(request) {
    const seconds = Number(signatureOf(request)?.ts ?? Number.NaN);
    if (!Number.isFinite(seconds)) return undefined;
    return seconds > MAX_SECONDS ? seconds : seconds * 1_000;
  },
  isSigned(request, secret) {
    const found = signatureOf(request);
    if (!found) return false;
    const id = new URLSearchParams(request.query).get('data.id');
    const requestId = request.header('x-request-id');
    const manifest = [
      ...(id === null || id === '' ? [] : [`id:${id.toLowerCase()};`]),
      ...(requestId === undefined ? [] : [`request-id:${requestId};`]),
      `ts:${found.ts};`,
    ].join('');
    return isSame(hmacSha256(secret, manifest), found.v1, 'hex');
  },
  read(request, { isSigned, nowMs }) {
    const body = request.body.byteLength === 0 ? {} : objectIn(jsonOf(request.body), 'the body');
    const query = new URLSearchParams(request.query);
    const entityType = topicOf(query, body);
    const entityId = entityIn(query, body);
    const eventId = optionalId(body['id']) ?? `${entityType}:${entityId}`;
    const eventType = optionalId(body['action']) ?? entityType;
    const minute = Math.floor(nowMs / HINT_MS);
    const key = isSigned
      ? JSON.stringify([eventId, entityType, entityId.toLowerCase(), eventType])
      : JSON.stringify(['hint', entityType, entityId.toLowerCase(), minute]);
    const content: WebhookContent = {
      account: optionalId(body['user_id']),
      ...{ eventId, key, eventType: eventType.slice(0, 100) },
      ...{ isKnown: KNOWN.has(entityType), entityType, entityId },
      occurredAt: instantOf(body['date_created']),
      body: request.body.byteLength === 0 ? request.query : textOf(request.body),
    };
    return [content];
  },
};

function signatureOf({ header }: WebhookRequest): { ts: string; v1: string } | undefined {
  const [, ts, v1] = SIGNATURE.exec(header('x-signature') ?? '') ?? [];
  return ts === undefined || v1 === undefined ? undefined : { ts, v1: v1.toLowerCase() };
}

function topicOf(query: URLSearchParams, body: Json): string {
  const topic = body['type'] ?? body['topic'] ?? query.get('type') ?? query.get('topic');
  if (typeof topic === 'string' && /^[\w-]{1,60}$/.test(topic)) return topic;
  throw malformed('the type of the notification');
}

/** The signed id is that of the query; the body may not name another one. */
function entityIn(query: URLSearchParams, body: Json): string {
  const data = isObject(body['data']) ? body['data'] : {};
  const signed = optionalId(query.get('data.id') ?? query.get('id') ?? undefined);
  const said = optionalId(data['id']);
  if (signed !== undefined && said !== undefined && signed.toLowerCase() !== said.toLowerCase()) {
    throw malformed('the same data.id in the query and in the body');
  }
  const id = said ?? signed;
  if (id !== undefined && /^[\w-]+$/.test(id)) return id;
  throw malformed('data.id');
}
