import { SEVERITIES, type Severity } from './events.ts';

/** Of which alerts a contact is notified, and from which step on. */
interface ContactFilter {
  readonly id: string;
  /** The lowest severity. */
  readonly severity: Severity;
  /** Names of rules; absent: all. */
  readonly rules?: readonly string[];
  /** Ids of shops, and SYSTEM_STORE for the installation; absent: all. */
  readonly stores?: readonly string[];
  /** 0: when it is raised; otherwise from that escalation on. */
  readonly fromLevel: number;
}

/** A person who is notified by e-mail. */
export interface EmailContact extends ContactFilter {
  readonly email: string;
  readonly language: 'en' | 'es';
}

/** A system that is notified by webhook. Address and secrets are settings: no event has them. */
export interface WebhookContact extends ContactFilter {
  readonly url: string;
  /** Base64, after `whsec_`. Each signs; the first one is the newest. */
  readonly secrets: readonly string[];
}

export type AlertContact = EmailContact | WebhookContact;

export interface AlertStep {
  readonly storeId: string;
  readonly rule: string;
  readonly severity: Severity;
  /** Escalations so far. */
  readonly level: number;
}

/** The contacts that are notified of a step of an alert. */
export function contactsFor(
  contacts: readonly AlertContact[],
  { storeId, rule, severity, level }: AlertStep,
): readonly AlertContact[] {
  const rank = SEVERITIES.indexOf(severity);
  return contacts.filter(
    (contact) =>
      rank >= SEVERITIES.indexOf(contact.severity) &&
      level >= contact.fromLevel &&
      (contact.rules?.includes(rule) ?? true) &&
      (contact.stores?.includes(storeId) ?? true),
  );
}
