import { createHash, createHmac } from 'node:crypto';

import type { WebhookContent, WebhookScheme } from '../../ports/webhook-sources.ts';
import {
  idIn,
  instantOf,
  isObject,
  isSame,
  type Json,
  malformed,
  objectIn,
  optionalId,
  textOf,
  typeIn,
} from '../shared/webhook-parts.ts';

const HEADER = 'x-mandrill-signature';
/** Fields of one request; more are not looked at. */
const MAX_FIELDS = 1_000;

const KNOWN = new Set(['subscribe', 'unsubscribe', 'profile', 'upemail', 'cleaned']);
const KNOWN_MESSAGES = new Set([
  'send',
  'deferral',
  'hard_bounce',
  'soft_bounce',
  'reject',
  'spam',
]);

/**
 * Webhooks of Mailchimp. Those of its message service are signed over the address and the fields;
 * those of its audiences never are, so their address must be one that cannot be guessed.
 */
export const mailchimpWebhooks: WebhookScheme = {
  isSigned({ header, body }, secret, url) {
    const found = header(HEADER);
    if (found === undefined) return false;
    const fields = fieldsOf(body)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => name + value);
    const mac = createHmac('sha1', secret).update(url + fields.join(''));
    return isSame(mac.digest(), found, 'base64');
  },
  read({ body }) {
    const fields = new Map(fieldsOf(body));
    const messages = fields.get('mandrill_events');
    if (messages !== undefined) return ofMessages(messages);
    const audience = objectIn(Object.fromEntries(fields), 'the body');
    const eventType = typeIn(audience, 'type');
    const key = createHash('sha256').update(body).digest('hex').slice(0, 40);
    const content: WebhookContent = {
      ...{ eventId: key, key, eventType, isKnown: KNOWN.has(eventType), entityType: 'member' },
      entityId: optionalId(fields.get('data[id]')) ?? optionalId(fields.get('data[web_id]')),
      occurredAt: instantOf(fields.get('fired_at')?.replace(' ', 'T').concat('Z')),
      body: textOf(body),
    };
    return [content];
  },
};

function fieldsOf(body: Uint8Array): [string, string][] {
  return [...new URLSearchParams(textOf(body))].slice(0, MAX_FIELDS);
}

function ofMessages(text: string): readonly WebhookContent[] {
  let events: unknown;
  try {
    events = JSON.parse(text);
  } catch {
    throw malformed('mandrill_events to be JSON');
  }
  if (!Array.isArray(events)) throw malformed('mandrill_events to be a list');
  return events.map((event) => ofMessage(objectIn(event, 'event')));
}

function ofMessage(event: Json): WebhookContent {
  const entityId = idIn(event, '_id');
  const eventType = typeIn(event, 'event');
  const message = isObject(event['msg']) ? event['msg'] : {};
  const eventId = `${entityId}-${eventType}-${String(event['ts'])}`.slice(0, 200);
  return {
    ...{ eventId, key: eventId, eventType, isKnown: KNOWN_MESSAGES.has(eventType) },
    ...{ entityType: 'message', entityId, occurredAt: instantOf(event['ts']) },
    body: JSON.stringify({ ...event, msg: message }),
  };
}
