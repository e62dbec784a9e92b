import { accountDecider } from '../../domain/accounts/index.ts';
import {
  type DeliveryContent,
  deliveryDecider,
  type EmailContent,
  isEmailAddress,
  PERSON_CHANNELS,
  type Receipt,
} from '../../domain/deliveries/index.ts';
import { ERASED_PERSON } from '../../domain/identity/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import type { Actor, CallerOrigin } from '../../domain/kernel/event.ts';
import { canonicalJson, shortHash } from '../../domain/kernel/fingerprint.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { ShopSource } from '../../domain/kernel/shop.ts';
import {
  builtInTemplate,
  type Language,
  type Suppression,
  templateDecider,
  templateId,
  type TemplateText,
  type Topic,
  traitsOf,
} from '../../domain/notifications/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PhoneNumbers } from '../../ports/phone-numbers.ts';
import type { TemplateRenderer } from '../../ports/template-renderer.ts';
import type { OptOutLinks } from './opt-out-links.ts';
import { commandRecipient, loadRecipient } from './recipients.ts';

/** In whose name the installation itself writes. */
const PRODUCT = 'Tillstream';
/** 128 bits, as for every entity that a request creates. */
const ID_LENGTH = 32;

export interface NotifierOptions {
  readonly commands: CommandEngine;
  readonly renderer: TemplateRenderer;
  readonly phones: PhoneNumbers;
  readonly links: OptOutLinks;
  readonly shops: ShopSource;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly digest: Digest;
  readonly logger: Logger;
}

/** Values of the variables of a template, by name. */
export type Variables = Readonly<Record<string, string>>;

export interface Notification {
  readonly storeId: string;
  /** The same for each repeat: what was decided and requested for it is not done again. */
  readonly notificationId: string;
  readonly topic: Topic;
  readonly personId: string;
  /** Of the customer's account when absent. */
  readonly contact?: Contact;
  /** Used unless the person has chosen another one. */
  readonly language?: Language;
  readonly variables: Variables | ((language: Language) => Variables);
  /** Attached to the e-mail. */
  readonly receipt?: (language: Language, shopName: string) => Receipt;
  /** Notifications about the same thing are sent in their order. */
  readonly about?: string;
  /**
   * It follows from an event, and no caller waits: a repeat with another contact or content changes
   * nothing that was requested, and the built-in template replaces one of the shop that cannot be
   * filled.
   */
  readonly ofEvent?: true;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string;
  /** From where the request came. */
  readonly origin?: CallerOrigin;
}

interface Contact {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

export interface NotificationResult {
  readonly deliveries: readonly {
    readonly channel: 'email' | 'sms';
    readonly deliveryId: string;
  }[];
  readonly suppressed: readonly {
    readonly channel: 'email' | 'sms';
    readonly reason: Suppression;
  }[];
}

/**
 * Notifies people: the person's choices and limits decide by which channels, a template says what,
 * and each message becomes a delivery.
 */
export interface Notifier {
  /** @throws DomainError template_invalid; nothing is sent. */
  notify(notification: Notification): Promise<NotificationResult>;
  /** What would be sent, by the template that the shop uses now, or another one. */
  preview(
    request: Pick<Notification, 'storeId' | 'topic'> & {
      readonly variables: Variables;
      readonly language: Language;
      readonly template?: Partial<TemplateText>;
    },
  ): Promise<TemplateText & { readonly version: number }>;
}

/** With the addresses to which messages can be sent. */
type Known = Notification & { readonly contact: Contact };

const NOTHING_NEW: NotificationResult = { deliveries: [], suppressed: [] };

/** Tries to decide what follows from an event when the contact changes during each. */
const MAX_CONTACT_CHANGES = 5;

const variablesIn = ({ variables }: Notification, language: Language): Variables =>
  typeof variables === 'function' ? variables(language) : variables;

export function createNotifier(options: NotifierOptions): Notifier {
  const { renderer, shops } = options;
  const nameOfShop = (storeId: string) =>
    storeId === SYSTEM_STORE
      ? PRODUCT
      : (shops().find(({ id }) => id === storeId)?.name ?? storeId);

  return {
    async notify(asked) {
      const contact = usable(await contactOf(options, asked), options.phones);
      const notification = { ...asked, contact };
      const isReachable = contact.email !== undefined || contact.phone !== undefined;
      // Most sales have no person to notify: they leave no trace.
      if (asked.ofEvent && !isReachable) return NOTHING_NEW;
      const senderName = nameOfShop(asked.storeId);
      const used = await languageOf(options, asked);
      // Before it is decided: one whose template cannot be filled must not count for the limits.
      const filled = await say(options, notification, used, {
        ...{ storeName: senderName, customerName: contact.name ?? '' },
        ...variablesIn(asked, used),
      });
      const decision = await decide(options, notification);
      if (!decision) return NOTHING_NEW;
      const { channels, suppressed } = decision;
      const deliveries: { channel: 'email' | 'sms'; deliveryId: string }[] = [];
      for (const channel of channels) {
        const receipt = asked.receipt?.(used, senderName);
        const said = { ...filled, senderName, ...(receipt && { receipt }) };
        const content = await contentOf(options, notification, channel, said);
        const deliveryId = await requestDelivery(options, notification, channel, content);
        deliveries.push({ channel, deliveryId });
      }
      return { deliveries, suppressed: [...suppressed] };
    },
    async preview({ storeId, topic, language, variables, template }) {
      const current = await templateOf(options, storeId, topic, language);
      const { version } = current;
      const common = { storeName: nameOfShop(storeId) };
      return {
        ...fill(renderer, { ...current, ...template }, { ...common, ...variables }),
        version,
      };
    },
  };
}

async function templateOf(
  { commands }: NotifierOptions,
  storeId: string,
  topic: Topic,
  language: Language,
) {
  const id = templateId(topic, language);
  const { version, saved } = (await commands.load(templateDecider, storeId, id)).state;
  return { version, ...(saved ?? builtInTemplate(topic, language)) };
}

function fill(
  renderer: TemplateRenderer,
  { subject, text, html, sms }: TemplateText,
  variables: Variables,
): TemplateText {
  return {
    // A header has one line, whatever the values hold.
    subject: renderer.render(subject, variables, 'text').replace(/\s+/g, ' ').trim().slice(0, 200),
    text: renderer.render(text, variables, 'text'),
    html: renderer.render(html, variables, 'html'),
    sms: renderer.render(sms, variables, 'text').slice(0, 670),
  };
}

/** @throws DomainError template_invalid, unless it follows from an event. */
async function say(
  options: NotifierOptions,
  { storeId, topic, ofEvent }: Notification,
  language: Language,
  variables: Variables,
): Promise<TemplateText> {
  const template = await templateOf(options, storeId, topic, language);
  try {
    return fill(options.renderer, template, variables);
  } catch (error) {
    const isInvalid = error instanceof DomainError && error.code === 'template_invalid';
    if (!isInvalid || !ofEvent || template.version === 0) throw error;
    const fields = { storeId, topic, language, version: template.version, reason: error.message };
    options.logger.warn(fields, 'template cannot be filled; using the built-in one');
    return fill(options.renderer, builtInTemplate(topic, language), variables);
  }
}

function envelope(
  { clock, calendar }: NotifierOptions,
  notification: Notification,
  entityId: string,
) {
  const { storeId, notificationId, actor, correlationId, causationId, origin } = notification;
  const nowMs = clock.now();
  const now = formatInstant(nowMs);
  const isOfSystem = storeId === SYSTEM_STORE;
  return {
    context: {
      ...{ storeId, entityId, commandId: notificationId },
      now,
      businessDay: isOfSystem ? now.slice(0, 10) : calendar.businessDay(storeId, nowMs),
    },
    ...{ actor, correlationId, causationId, origin },
  };
}

async function contactOf(
  { commands }: NotifierOptions,
  { storeId, personId, contact }: Notification,
): Promise<Contact> {
  if (contact) return contact;
  const { state: account } = await commands.load(accountDecider, storeId, personId);
  return account.status === 'none' ? {} : account.personal;
}

async function languageOf(
  { commands }: NotifierOptions,
  { storeId, personId, language }: Notification,
): Promise<Language> {
  const known = await loadRecipient(commands, storeId, personId);
  return known.language ?? language ?? 'en';
}

/**
 * Undefined when there is nothing to send for what follows from an event: for the reasons of one
 * before, or because it was requested before. An earlier try that ended between its decision and
 * its requests, with another contact, is decided again.
 */
async function decide(options: NotifierOptions, notification: Known) {
  const { ofEvent, notificationId } = notification;
  for (let tries = 0; ; tries++) {
    try {
      const commandId = tries === 0 ? notificationId : `${notificationId} again ${tries}`;
      return await decideAs(options, notification, commandId);
    } catch (error) {
      if (!ofEvent || !isReused(error)) throw error;
      if (await wasRequested(options, notification)) return undefined;
      if (tries >= MAX_CONTACT_CHANGES) throw error;
    }
  }
}

async function decideAs(options: NotifierOptions, notification: Known, commandId: string) {
  const { topic, personId, contact, variables, ofEvent } = notification;
  const { email, phone: sms } = contact;
  const { context, ...rest } = envelope(options, notification, personId);
  const { commands, clock } = options;
  const sequence = { ...{ commands, clock, commandId }, context, envelope: rest };
  const { events } = await commandRecipient(sequence, personId, {
    type: 'DecideNotification',
    data: {
      topic,
      ...(!ofEvent && { contentHash: shortHash(canonicalJson(variables)) }),
      ...omitUndefined({ email, sms }),
    },
  });
  const [decided] = events;
  return decided?.type === 'NotificationDecided' ? decided.data : undefined;
}

async function wasRequested(options: NotifierOptions, notification: Known): Promise<boolean> {
  for (const channel of PERSON_CHANNELS) {
    const id = deliveryIdOf(options, notification, channel);
    const { state } = await options.commands.load(deliveryDecider, notification.storeId, id);
    if (state.status !== 'none') return true;
  }
  return false;
}

const isReused = (error: unknown) =>
  error instanceof DomainError && error.code === 'idempotency_key_reused';

function deliveryIdOf(
  { digest }: NotifierOptions,
  { storeId, notificationId, personId }: Notification,
  channel: 'email' | 'sms',
): string {
  // Person too: one request may notify several.
  const parts = [storeId, notificationId, personId, channel].join('\n');
  return digest.sha256(parts).slice(0, ID_LENGTH);
}

async function requestDelivery(
  options: NotifierOptions,
  notification: Known,
  channel: 'email' | 'sms',
  content: DeliveryContent,
): Promise<string> {
  const { topic, personId, contact, about } = notification;
  const id = deliveryIdOf(options, notification, channel);
  const recipient = channel === 'email' ? contact.email : contact.phone;
  try {
    await options.commands.execute(deliveryDecider, {
      command: {
        type: 'RequestDelivery',
        data: {
          ...{ channel, priority: traitsOf(topic).priority, queue: 'notification-sending' },
          ...{ topic, personId, recipient: recipient ?? '', content },
          ...(about !== undefined && { orderKey: about }),
        },
      },
      creates: true,
      ...envelope(options, notification, id),
    });
  } catch (error) {
    // Requested before by an earlier try, with a template or a name that has changed since.
    if (!isReused(error)) throw error;
  }
  return id;
}

async function contentOf(
  { links }: NotifierOptions,
  { storeId, personId, topic }: Notification,
  channel: 'email' | 'sms',
  { text, html, sms, ...mail }: TemplateText & Pick<EmailContent, 'senderName' | 'receipt'>,
): Promise<DeliveryContent> {
  if (channel === 'sms') return { text: sms };
  const optOutUrl = traitsOf(topic).always
    ? undefined
    : await links.urlOf({ storeId, personId, topic, channel });
  if (optOutUrl === undefined) return { ...mail, text, html };
  return {
    ...{ ...mail, optOutUrl },
    text: `${text}\n\n${optOutUrl}`,
    html: `${html}\n<p><a href="${optOutUrl}">${optOutUrl}</a></p>`,
  };
}

/**
 * Without addresses that are none: the shop may have written anything beside a name, and of an
 * erased user there is only what stands for the address.
 */
function usable({ name, email, phone }: Contact, phones: PhoneNumbers): Contact {
  const isAddress = (text: string) => isEmailAddress(text) && text !== ERASED_PERSON.email;
  const number = phone === undefined ? undefined : phones.check(phone);
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && isAddress(email.trim()) && { email: email.trim() }),
    ...(number && 'e164' in number && { phone: number.e164 }),
  };
}
