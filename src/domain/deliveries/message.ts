import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import { canonicalJson, shortHash } from '../kernel/fingerprint.ts';
import {
  type DeliveryChannelName,
  type DeliveryMessage,
  PERSON_CHANNELS,
  type PersonChannelName,
} from './events.ts';

/** One address without a display name. Quoted local parts and addresses by IP are not used. */
const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/;
/** E.164. */
const PHONE = /^\+[1-9]\d{6,14}$/;

export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text) && !text.includes('..') && !/^\.|\.@/.test(text);
}

/** Whether its messages are for people; the others are made and read by systems. */
export function isOfPerson(channel: DeliveryChannelName): channel is PersonChannelName {
  return PERSON_CHANNELS.some((name) => name === channel);
}

export function isPhoneNumber(text: string): boolean {
  return PHONE.test(text);
}

/** @throws DomainError invalid_request unless address and message are those of the channel. */
export function assertMessage(
  channel: DeliveryChannelName,
  { recipient, content }: DeliveryMessage,
): void {
  if (channel === 'email' && !isEmailAddress(recipient)) {
    throw invalid('recipient', 'one e-mail address, such as ana@example.org');
  }
  if (channel === 'sms' && !isPhoneNumber(recipient)) {
    throw invalid('recipient', 'a phone number in international form, such as +34600000000');
  }
  if ('upTo' in content !== (channel === 'audit')) {
    throw invalid('content', channel === 'audit' ? 'a part of the log' : 'a message');
  }
  const isWebhook = channel === 'webhook' || channel === 'subscription';
  if ('body' in content !== isWebhook) {
    throw invalid('content', isWebhook ? 'a body of JSON' : 'a message');
  }
  const isOfBooks = 'orderId' in content || 'payoutId' in content;
  if (isOfBooks !== (channel === 'books')) {
    throw invalid('content', channel === 'books' ? 'an order or payout' : 'a message');
  }
  if (!isOfPerson(channel)) return;
  if ('subject' in content !== (channel === 'email')) {
    throw invalid('content', channel === 'email' ? 'subject and text of an e-mail' : 'a text only');
  }
}

/** The address is personal data: no message quotes it. */
function invalid(field: string, expected: string): DomainError {
  const message = `expected ${expected}`;
  return new DomainError('invalid_request', `${field}: ${message}`, {
    errors: [{ path: `/${field}`, message }],
  });
}

/**
 * Stands for address and message, until they are edited. It is not made from them: who has a hash
 * of a phone number finds the number by trying all of them, also after its erasure.
 */
export function newContentId({ entityId, commandId }: CommandContext): string {
  const text = `${entityId}.${commandId}`;
  return `${shortHash(text)}${shortHash(`${text.length}:${text}`)}`;
}

export const isSameMessage = (a: DeliveryMessage, b: DeliveryMessage): boolean =>
  canonicalJson(a) === canonicalJson(b);

/**
 * By which the other side knows a repeat: 33 letters and digits, from the delivery and its content,
 * never from the attempt.
 */
export function idempotencyKey(storeId: string, deliveryId: string, bodyHash: string): string {
  const text = `${storeId}.${deliveryId}.${bodyHash}`;
  return ['k', 'e', 'y'].map((salt) => shortHash(`${salt}:${text.length}:${text}`)).join('');
}
