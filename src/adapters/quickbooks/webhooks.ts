import { createHash } from 'node:crypto';

import type { WebhookContent, WebhookScheme } from '../../ports/webhook-sources.ts';
import {
  hmacSha256,
  idIn,
  instantOf,
  isSame,
  type Json,
  jsonOf,
  malformed,
  objectIn,
  optionalId,
  typeIn,
} from '../shared/webhook-parts.ts';

const HEADER = 'intuit-signature';

/** Entities whose changes a shop can use, in lower case. */
const KNOWN_ENTITIES = new Set([
  ...['account', 'class', 'creditmemo', 'customer', 'department', 'deposit', 'invoice', 'item'],
  ...['journalentry', 'payment', 'paymentmethod', 'preferences', 'purchase', 'refundreceipt'],
  ...['salesreceipt', 'term', 'transfer', 'vendor'],
]);
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ...[['create', 'created'] as const, ['update', 'updated'] as const],
  ...[['delete', 'deleted'] as const, ['merge', 'merged'] as const],
  ...[['void', 'voided'] as const, ['emailed', 'emailed'] as const],
]);
const CLOUD_TYPE = /^qbo\.([a-z]+)\.([a-z]+)(?:\.v\d+)?$/;

/**
 * Webhooks of QuickBooks in both formats: `eventNotifications`, and an array of CloudEvents. One
 * request can be about several companies, and each company gets only its own part.
 */
export const quickbooksWebhooks: WebhookScheme = {
  isSigned({ header, body }, secret) {
    const found = header(HEADER);
    return found !== undefined && isSame(hmacSha256(secret, body), found, 'base64');
  },
  read({ body }) {
    const parsed = jsonOf(body);
    if (Array.isArray(parsed)) return parsed.map((event) => cloudEvent(objectIn(event, 'event')));
    const { eventNotifications } = objectIn(parsed, 'the body');
    if (!Array.isArray(eventNotifications)) throw malformed('eventNotifications to be a list');
    return eventNotifications.flatMap((company) => ofCompany(objectIn(company, 'notification')));
  },
};

function cloudEvent(event: Json): WebhookContent {
  const eventId = idIn(event, 'id');
  const eventType = typeIn(event, 'type').toLowerCase();
  const [, entityType] = CLOUD_TYPE.exec(eventType) ?? [];
  return {
    account: idIn(event, 'intuitaccountid'),
    eventId,
    key: eventId,
    eventType,
    isKnown: entityType !== undefined && KNOWN_ENTITIES.has(entityType),
    entityType,
    entityId: optionalId(event['intuitentityid']),
    occurredAt: instantOf(event['time']),
    body: JSON.stringify(event),
  };
}

function ofCompany(company: Json): readonly WebhookContent[] {
  const account = idIn(company, 'realmId');
  const { entities } = objectIn(company['dataChangeEvent'], 'dataChangeEvent');
  if (!Array.isArray(entities)) throw malformed('entities to be a list');
  return entities.map((entity) => ofEntity(account, objectIn(entity, 'entity')));
}

/** The older format has no ids of events: the same change of an entity is the same event. */
function ofEntity(account: string, entity: Json): WebhookContent {
  const entityType = typeIn(entity, 'name').toLowerCase();
  const entityId = idIn(entity, 'id');
  const said = typeIn(entity, 'operation').toLowerCase();
  const operation = OPERATIONS.get(said);
  const about = [account, entityType, entityId, said, entity['lastUpdated'] ?? null];
  const key = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 40);
  return {
    account,
    eventId: key,
    key,
    eventType: `qbo.${entityType}.${operation ?? said}`,
    isKnown: operation !== undefined && KNOWN_ENTITIES.has(entityType),
    entityType,
    entityId,
    occurredAt: instantOf(entity['lastUpdated']),
    body: JSON.stringify({ realmId: account, entity }),
  };
}
