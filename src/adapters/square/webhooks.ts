import type { WebhookContent, WebhookScheme } from '../../ports/webhook-sources.ts';
import {
  hmacSha256,
  idIn,
  instantOf,
  isObject,
  isSame,
  type Json,
  jsonOf,
  malformed,
  objectIn,
  optionalId,
  textOf,
  typeIn,
} from '../shared/webhook-parts.ts';

const HEADER = 'x-square-hmacsha256-signature';
/** Some relays add it. */
const PREFIX = /^sha256=/;

const KNOWN = new Set([
  ...['order.created', 'order.updated', 'order.fulfillment.updated'],
  ...['payment.created', 'payment.updated', 'refund.created', 'refund.updated'],
  ...['inventory.count.updated', 'catalog.version.updated'],
  ...['customer.created', 'customer.updated', 'customer.deleted'],
  'oauth.authorization.revoked',
]);

/** Webhooks of Square: the registered address and the body are signed, and no time. */
export const squareWebhooks: WebhookScheme = {
  isSigned({ header, body }, secret, url) {
    const found = header(HEADER);
    if (found === undefined) return false;
    return isSame(hmacSha256(secret, url, body), found.replace(PREFIX, ''), 'base64');
  },
  read({ body }) {
    const event = objectIn(jsonOf(body), 'the event');
    const data = objectIn(event['data'], 'data');
    if (!isObject(data['object']) && data['deleted'] !== true) throw malformed('data.object');
    const eventId = idIn(event, 'event_id');
    const eventType = typeIn(event, 'type');
    const occurredAt = instantOf(event['created_at']);
    if (occurredAt === undefined) throw malformed('created_at to be a time');
    return [
      {
        account: idIn(event, 'merchant_id'),
        eventId,
        key: eventId,
        eventType,
        isKnown: KNOWN.has(eventType),
        ...entityOf(eventType, data),
        occurredAt,
        body: textOf(body),
      },
    ];
  },
};

type Entity = Pick<WebhookContent, 'entityType' | 'entityId' | 'orderId'>;

/** The part of an event is named after its entity: `object.payment`, `object.order_updated`. */
function entityOf(eventType: string, data: Json): Entity {
  const object = isObject(data['object']) ? data['object'] : {};
  const [entityType = ''] = eventType.split('.');
  const [first] = Object.values(object);
  const part = isObject(first) ? first : {};
  if (entityType === 'inventory') return { entityType, entityId: firstItem(object) };
  const entityId = optionalId(data['id']) ?? optionalId(part['id']);
  const orderId = optionalId(part['order_id']) ?? (entityType === 'order' ? entityId : undefined);
  return { entityType, entityId, orderId };
}

/** The id of a change of counts is of no object: the item is in its first count. */
function firstItem(object: Json): string | undefined {
  const counts = object['inventory_counts'];
  const [count] = Array.isArray(counts) ? (counts as readonly unknown[]) : [];
  return isObject(count) ? optionalId(count['catalog_object_id']) : undefined;
}
