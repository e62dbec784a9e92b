import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import type { AppOptions } from '../app/options.ts';
import type { Config } from '../config.ts';
import {
  ALERT_RULES,
  type AlertContact,
  type AlertRule,
  type AlertRules,
  MAX_ESCALATION_LEVEL,
  SEVERITIES,
} from '../domain/alerts/index.ts';
import { isEmailAddress } from '../domain/deliveries/index.ts';
import { oneOf } from '../domain/kernel/schema.ts';
import { omitUndefined } from '../lib/omit-undefined.ts';

const MAX_CONTACTS = 100;
const MAX_SHOPS = 1_000;
const MAX_MINUTES = 30 * 24 * 60;
const MINUTE_MS = 60_000;
const closed = { additionalProperties: false };
const rules = Object.keys(ALERT_RULES);

const filter = {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{2,39}$' }),
  severity: Type.Optional(oneOf(SEVERITIES)),
  rules: Type.Optional(Type.Array(oneOf(rules), { minItems: 1, maxItems: rules.length })),
  stores: Type.Optional(
    Type.Array(Type.String({ pattern: '^[a-z0-9]{1,32}$' }), { minItems: 1, maxItems: MAX_SHOPS }),
  ),
  fromLevel: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_ESCALATION_LEVEL })),
};
const EmailSchema = Type.Object(
  {
    ...filter,
    email: Type.String({ maxLength: 254 }),
    language: Type.Optional(oneOf(['en', 'es'])),
  },
  closed,
);
/** 24 to 64 bytes, as the specification of the signature asks for. */
const Secret = Type.String({ pattern: '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$' });
const WebhookSchema = Type.Object(
  {
    ...filter,
    url: Type.String({ pattern: '^https?://', maxLength: 2_048 }),
    secrets: Type.Array(Secret, { minItems: 1, maxItems: 3 }),
  },
  closed,
);
const ContactsSchema = Type.Array(Type.Object({}), { maxItems: MAX_CONTACTS });

const Minutes = Type.Number({ minimum: 0, maximum: MAX_MINUTES });
const ChangeSchema = Type.Object(
  {
    threshold: Type.Optional(Type.Number()),
    clearBelow: Type.Optional(Type.Number()),
    raiseAfterMinutes: Type.Optional(Minutes),
    clearAfterMinutes: Type.Optional(Minutes),
    escalateAfterMinutes: Type.Optional(Type.Array(Minutes, { maxItems: MAX_ESCALATION_LEVEL })),
    severity: Type.Optional(oneOf(SEVERITIES)),
  },
  closed,
);
const ChangesSchema = Type.Object(
  Object.fromEntries([...SEVERITIES, ...rules].map((name) => [name, Type.Optional(ChangeSchema)])),
  closed,
);
type Change = Static<typeof ChangeSchema>;

/**
 * Who is notified of alerts, and when: the settings `ALERT_CONTACTS` and `ALERT_RULES`.
 * @throws Error that names the setting, the place and what was expected; it quotes no value.
 */
export function openAlerting({
  alertContacts,
  alertRules,
}: Pick<Config, 'alertContacts' | 'alertRules'>): Required<
  Pick<AppOptions, 'alertContacts' | 'alertRules'>
> {
  return {
    alertContacts: named('ALERT_CONTACTS', () => contactsIn(alertContacts)),
    alertRules: named('ALERT_RULES', () => rulesIn(alertRules)),
  };
}

function named<T>(setting: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${setting}: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

function contactsIn(text: string): readonly AlertContact[] {
  if (text === '') return [];
  const given = parsed(ContactsSchema, text);
  const ids = new Set<string>();
  return given.map((each, at) => {
    const contact =
      'url' in each ? checked(WebhookSchema, each, at) : checked(EmailSchema, each, at);
    const { id, severity = 'HIGH', fromLevel = 0 } = contact;
    if (ids.has(id)) throw new Error(`${id}: expected each id once`);
    ids.add(id);
    const chosen = omitUndefined({ rules: contact.rules, stores: contact.stores });
    const common = { id, severity, fromLevel, ...chosen };
    if ('url' in contact) return { ...common, url: contact.url, secrets: contact.secrets };
    const { email, language = 'en' } = contact;
    if (!isEmailAddress(email)) throw new Error(`${id}: expected one e-mail address`);
    return { ...common, email, language };
  });
}

/** What is said of a rule counts more than what is said of its severity. */
function rulesIn(text: string): AlertRules {
  if (text === '') return ALERT_RULES;
  const changes = parsed(ChangesSchema, text) as Readonly<Record<string, Change | undefined>>;
  const changed = Object.entries<AlertRule>(ALERT_RULES).map(([name, rule]) => {
    const own = changes[name];
    const severity = own?.severity ?? rule.severity;
    return [name, changedRule(name, { ...rule, severity }, { ...changes[severity], ...own })];
  });
  return Object.fromEntries(changed) as AlertRules;
}

function changedRule(name: string, rule: AlertRule, change: Change): AlertRule {
  const { threshold, clearBelow, raiseAfterMinutes, clearAfterMinutes } = change;
  const next = {
    ...rule,
    ...omitUndefined({ threshold, clearBelow }),
    ...(raiseAfterMinutes !== undefined && { raiseAfterMs: raiseAfterMinutes * MINUTE_MS }),
    ...(clearAfterMinutes !== undefined && { clearAfterMs: clearAfterMinutes * MINUTE_MS }),
    ...(change.escalateAfterMinutes && {
      escalateAfterMs: change.escalateAfterMinutes.map((minutes) => minutes * MINUTE_MS),
    }),
  };
  if (next.clearBelow > next.threshold) {
    throw new Error(`${name}: expected clearBelow not above threshold`);
  }
  const isRising = next.escalateAfterMs.every((ms, at) => ms > (next.escalateAfterMs[at - 1] ?? 0));
  if (!isRising) throw new Error(`${name}: expected escalateAfterMinutes to rise from above 0`);
  return next;
}

function parsed<S extends TSchema>(schema: S, text: string): Static<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The syntax error would quote the text.
    throw new Error('expected JSON');
  }
  return checked(schema, value);
}

function checked<S extends TSchema>(schema: S, value: unknown, at?: number): Static<S> {
  if (Value.Check(schema, value)) return value;
  const { path = '', message = '' } = Value.Errors(schema, value).First() ?? {};
  const place = `${at === undefined ? '' : `/${at}`}${path}`;
  throw new Error(`${place || 'the value'}: ${message.toLowerCase()}`);
}
