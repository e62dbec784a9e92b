import type { WebhookContent, WebhookRequest, WebhookScheme } from '../../ports/webhook-sources.ts';
import {
  hmacSha256,
  idIn,
  instantOf,
  isObject,
  isSame,
  type Json,
  jsonOf,
  objectIn,
  optionalId,
  textOf,
  typeIn,
} from '../shared/webhook-parts.ts';

/** A request is signed again for each try. */
const MAX_AGE_MS = 300_000;
/** While a secret is exchanged, each of both signs. */
const MAX_SIGNATURES = 10;

const KNOWN = new Set([
  ...['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'],
  ...['payment_intent.processing', 'charge.refunded', 'refund.created', 'refund.updated'],
  ...['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed'],
  ...['checkout.session.completed', 'payout.paid', 'payout.failed'],
  'account.application.deauthorized',
]);

/** Webhooks of Stripe: time and body are signed. */
export const stripeWebhooks: WebhookScheme = {
  maxAgeMs: MAX_AGE_MS,
  signedAtMs(request) {
    const { time } = signatureOf(request);
    return time === undefined ? undefined : Number(time) * 1_000;
  },
  isSigned(request, secret) {
    const { time, signatures } = signatureOf(request);
    if (time === undefined) return false;
    const expected = hmacSha256(secret, `${time}.`, request.body);
    // All are compared, so that the time does not depend on which of them fits.
    return signatures.map((found) => isSame(expected, found, 'hex')).includes(true);
  },
  read({ body }) {
    const event = objectIn(jsonOf(body), 'the event');
    const eventId = idIn(event, 'id');
    const eventType = typeIn(event, 'type');
    const { related_object: related } = event;
    // Events of version 2 hold only a reference to their object.
    const data = isObject(related) ? { object: related } : objectIn(event['data'], 'data');
    return [
      {
        account: optionalId(event['account']),
        eventId,
        key: eventId,
        eventType,
        isKnown: KNOWN.has(eventType),
        ...entityOf(objectIn(data['object'], 'data.object')),
        occurredAt: instantOf(event['created']),
        body: textOf(body),
      },
    ];
  },
};

function signatureOf({ header }: WebhookRequest) {
  const parts = (header('stripe-signature') ?? '').split(',').map((part) => part.trim());
  const valuesOf = (name: string) =>
    parts.flatMap((part) => (part.startsWith(`${name}=`) ? [part.slice(name.length + 1)] : []));
  const [time] = valuesOf('t').filter((value) => /^\d{1,12}$/.test(value));
  const signatures = valuesOf('v1').filter((value) => /^[0-9a-f]{64}$/.test(value));
  return { time, signatures: signatures.slice(0, MAX_SIGNATURES) };
}

function entityOf(object: Json): Pick<WebhookContent, 'entityType' | 'entityId' | 'orderId'> {
  const { object: name, type, id, metadata } = object;
  const kind = name ?? type;
  const entityType = typeof kind === 'string' && kind !== '' ? kind.slice(0, 100) : undefined;
  const orderId = isObject(metadata) ? optionalId(metadata['order_id']) : undefined;
  return { entityType, entityId: optionalId(id), orderId };
}
