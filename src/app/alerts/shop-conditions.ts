import type { AlertRuleName } from '../../domain/alerts/index.ts';
import { INTEGRATION_PROVIDERS } from '../../domain/integrations/index.ts';
import { shortHash } from '../../domain/kernel/fingerprint.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import { READS_OF_A_MONTH } from '../../domain/provider-usage/index.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DocumentQueries, StoreDocuments } from '../../ports/read-store.ts';
import type { StoredAccount } from '../../projections/accounts/account/document.ts';
import { customerAccounts } from '../../projections/accounts/account/projection.ts';
import { AUDIT_TRAIL } from '../../projections/audit-trail/projection.ts';
import { deliveries } from '../../projections/deliveries/projection.ts';
import type { Integration } from '../../projections/integrations/document.ts';
import { integrations } from '../../projections/integrations/projection.ts';
import type { StoredLevel } from '../../projections/inventory/levels/document.ts';
import { stockLevels } from '../../projections/inventory/levels/projection.ts';
import { paymentAttempts } from '../../projections/payment-attempts/projection.ts';
import type { PaymentNotice } from '../../projections/payment-notices/document.ts';
import { paymentNotices } from '../../projections/payment-notices/projection.ts';
import type { ProviderUsage } from '../../projections/provider-usage/document.ts';
import { providerUsage } from '../../projections/provider-usage/projection.ts';
import type { WebhookSubscriptionsDocument } from '../../projections/webhook-subscriptions/document.ts';
import { webhookSubscriptions } from '../../projections/webhook-subscriptions/projection.ts';
import { webhooks } from '../../projections/webhooks/projection.ts';
import type { Condition } from './conditions.ts';

/** More than these are counted as these. */
const MAX_COUNTED = 100;
/** Documents of one shop and rule that are looked at, and those of one query. */
const MAX_LOOKED_AT = 5_000;
const PAGE = 500;
const AUDITED_MS = 3_600_000;
/** A longer subject would not fit into the id of an alert. */
const MAX_SUBJECT = 150;

/** What the read models of the shops show. */
export interface ShopConditions {
  readonly conditions: readonly Condition[];
  /** Rules without any further condition: an alert of another subject has ended. */
  readonly complete: ReadonlySet<AlertRuleName>;
}

export const NOTHING_KNOWN: ShopConditions = { conditions: [], complete: new Set() };

export interface ShopConditionsOptions {
  readonly readStore: DocumentQueries;
  readonly projections: Pick<ProjectionView, 'serving'>;
  readonly clock: Pick<Clock, 'now'>;
}

type Found = Pick<Condition, 'subject' | 'value' | 'detail'>;

interface Reading {
  readonly documents: StoreDocuments;
  /** The collections of the models of the rule, in order. */
  readonly collections: readonly string[];
  readonly nowMs: number;
}

/** Undefined: there is too much to know all of it. */
type Read = (reading: Reading) => Promise<readonly Found[] | undefined>;

const READS: readonly { rule: AlertRuleName; models: readonly string[]; read: Read }[] = [
  { rule: 'credit-limit-breached', models: [customerAccounts.name], read: readBreaches },
  { rule: 'deliveries-parked', models: [deliveries.name], read: readParked },
  { rule: 'negative-stock', models: [stockLevels.name], read: readNegative },
  {
    rule: 'payment-notices-missing',
    models: [paymentAttempts.name, paymentNotices.name],
    read: readSilence,
  },
  { rule: 'webhooks-parked', models: [webhooks.name], read: readParkedWebhooks },
  { rule: 'integration-refused', models: [integrations.name], read: readRefused },
  { rule: 'integration-unhealthy', models: [integrations.name], read: readUnhealthy },
  {
    rule: 'webhook-subscription-paused',
    models: [webhookSubscriptions.name],
    read: readPausedSubscriptions,
  },
  { rule: 'severe-audit-record', models: [AUDIT_TRAIL], read: readSevere },
];

const QUOTA_RULE = 'provider-reads-low';
const MONTH_LENGTH = 7;
/** Days of a month times providers. */
const MAX_USAGES = 31 * INTEGRATION_PROVIDERS.length;

/** Providers whose reads of this month are nearly used up: an app has them for all shops. */
async function readQuotas(
  { readStore, clock }: ShopConditionsOptions,
  storeIds: readonly string[],
  collection: string,
): Promise<readonly Condition[]> {
  const month = formatInstant(clock.now()).slice(0, MONTH_LENGTH);
  const used = new Map<string, number>();
  for (const storeId of storeIds) {
    const found = await readStore.forStore(storeId).find<ProviderUsage>(collection, {
      range: { field: 'day', from: `${month}-01`, below: `${month}-99` },
      ...{ orderBy: 'day', limit: MAX_USAGES },
    });
    for (const { body } of found) {
      used.set(body.provider, (used.get(body.provider) ?? 0) + body.reads);
    }
  }
  return [...used].flatMap(([provider, reads]) => {
    const granted = READS_OF_A_MONTH[provider];
    if (granted === undefined) return [];
    const detail = `${reads} of the ${granted} reads that ${provider} grants in ${month} are used`;
    const about = { rule: QUOTA_RULE, storeId: SYSTEM_STORE, subject: provider } as const;
    return [{ ...about, value: Math.floor((reads * 100) / granted), detail }];
  });
}

/** @throws when the read store does not answer. */
export async function readShopConditions(
  options: ShopConditionsOptions,
  storeIds: readonly string[],
): Promise<ShopConditions> {
  const { readStore, projections, clock } = options;
  const conditions: Condition[] = [];
  const complete = new Set<AlertRuleName>();
  for (const { rule, models, read } of READS) {
    const collections = models.flatMap((model) => projections.serving(model) ?? []);
    if (collections.length < models.length) continue;
    complete.add(rule);
    for (const storeId of storeIds) {
      const documents = readStore.forStore(storeId);
      const found = await read({ documents, collections, nowMs: clock.now() });
      if (!found) complete.delete(rule);
      for (const each of found ?? []) conditions.push({ rule, storeId, ...each });
    }
  }
  const usages = projections.serving(providerUsage.name);
  if (usages !== undefined) {
    complete.add(QUOTA_RULE);
    conditions.push(...(await readQuotas(options, storeIds, usages)));
  }
  return { conditions, complete };
}

async function readParked({ documents, collections: [collection = ''] }: Reading) {
  const parked = await documents.find(collection, {
    where: { state: 'parked' },
    orderBy: 'requestedAt',
    limit: MAX_COUNTED,
  });
  const detail = `${atMost(parked.length)} deliveries wait for a decision of a person`;
  return parked.length === 0 ? [] : [{ subject: 'deliveries', value: parked.length, detail }];
}

async function readParkedWebhooks({ documents, collections: [collection = ''] }: Reading) {
  const parked = await documents.find(collection, {
    where: { status: 'parked' },
    orderBy: 'receivedAt',
    limit: MAX_COUNTED,
  });
  const detail = `${atMost(parked.length)} webhooks could not be carried out`;
  return parked.length === 0 ? [] : [{ subject: 'webhooks', value: parked.length, detail }];
}

/** One condition for each provider: it has ended the access, or never gave it. */
async function readRefused({ documents, collections: [collection = ''] }: Reading) {
  const query = { orderBy: 'provider', limit: MAX_COUNTED };
  const found = await documents.find<Integration>(collection, query);
  return found.flatMap(({ body: { provider, status, account, lastError = '' } }) => {
    if (status !== 'error') return [];
    const detail = `${provider} refuses the access to ${account} (${lastError}): connect it again`;
    return [{ subject: provider, value: 1, detail }];
  });
}

/** One condition for each provider. A refused access has a rule of its own. */
async function readUnhealthy({ documents, collections: [collection = ''] }: Reading) {
  const query = { orderBy: 'provider', limit: MAX_COUNTED };
  const found = await documents.find<Integration>(collection, query);
  return found.flatMap(({ body: { provider, status, account, healthStatus } }) => {
    if (status !== 'connected' || healthStatus !== 'unhealthy') return [];
    const detail = `the exchange with ${provider} for ${account} fails: see its status page`;
    return [{ subject: provider, value: 1, detail }];
  });
}

/** One condition for each subscription that was paused because its receiver failed. */
async function readPausedSubscriptions({ documents, collections: [collection = ''] }: Reading) {
  const found = await documents.find<WebhookSubscriptionsDocument>(collection, {
    orderBy: 'revision',
    limit: 1,
  });
  const items = found.flatMap(({ body }) => body.items);
  return items.flatMap(({ subscriptionId, pauseCause, lastError = 'no code' }) => {
    if (pauseCause === undefined || pauseCause === 'person') return [];
    const detail = `subscription ${subscriptionId} was paused (${lastError}): resume it when its receiver works`;
    return [{ subject: subscriptionId, value: 1, detail }];
  });
}

/**
 * One condition for each customer. An alert is kept for ever, so it names the customer by id: the
 * name can be erased.
 */
async function readBreaches({
  documents,
  collections: [collection = ''],
}: Reading): Promise<Found[] | undefined> {
  const over = { overLimit: 'yes' };
  const accounts = await allOf<StoredAccount>(documents, collection, over, 'sortName');
  return accounts?.map(breachIn);
}

function breachIn({
  customerId,
  balanceMinor,
  creditLimitMinor,
  currency,
  breach,
}: StoredAccount): Found {
  const limitMinor = creditLimitMinor ?? 0;
  const owes = formatMoney(balanceMinor, currency);
  const limit = formatMoney(limitMinor, currency);
  const { debtId, orderId, cause, by, at } = breach ?? {};
  const names = [orderId && `order ${orderId}`, debtId && `debt ${debtId}`, by && `by ${by}`, at];
  const how = names.filter((name) => name !== undefined).join(', ');
  const detail = `customer ${customerId} owes ${owes}, the limit is ${limit}`;
  return {
    subject: subjectOf(customerId),
    value: balanceMinor - limitMinor,
    detail: how === '' ? detail : `${detail}; through ${String(cause)}: ${how}`,
  };
}

/** One condition for each product and place. */
async function readNegative({
  documents,
  collections: [collection = ''],
}: Reading): Promise<Found[] | undefined> {
  const low = await allOf<StoredLevel>(documents, collection, { lowText: 'yes' }, 'place');
  return low?.flatMap(({ productId, locationId, available }) => {
    if (available >= 0) return [];
    const subject = subjectOf(`${productId}@${locationId}`);
    const detail = `${available} available of ${productId} in ${locationId}`;
    return [{ subject, value: -available, detail }];
  });
}

/** All documents in order; undefined when there are more than are looked at. */
async function allOf<T extends object>(
  documents: StoreDocuments,
  collection: string,
  where: Readonly<Record<string, string>>,
  orderBy: keyof T & string,
): Promise<readonly T[] | undefined> {
  const found: T[] = [];
  let after: { readonly value: string; readonly key: string } | undefined;
  for (let read = 0; read < MAX_LOOKED_AT; read += PAGE) {
    const query = { where, orderBy, limit: PAGE, ...(after && { after }) };
    const page = await documents.find<T>(collection, query);
    found.push(...page.map(({ body }) => body));
    const last = page.at(-1);
    if (!last || page.length < PAGE) return found;
    after = { value: String(last.body[orderBy]), key: last.key };
  }
  return undefined;
}

/**
 * Payments wait for their outcome, and the provider is silent: since its last notice, or since the
 * oldest of them was requested.
 */
async function readSilence({ documents, collections, nowMs }: Reading): Promise<Found[]> {
  const [attempts = '', notices = ''] = collections;
  const waiting: string[] = [];
  for (const status of ['pending', 'unknown']) {
    const where = { status };
    const query = { where, orderBy: 'requestedAt', limit: MAX_COUNTED };
    const found = await documents.find<{ requestedAt: string }>(attempts, query);
    waiting.push(...found.map(({ body }) => body.requestedAt));
  }
  const [oldest] = waiting.sort();
  if (oldest === undefined) return [];
  const newest = { orderBy: 'receivedAt', direction: 'descending', limit: 1 } as const;
  const [last] = await documents.find<PaymentNotice>(notices, newest);
  const lastAt = last?.body.receivedAt ?? '';
  const since = lastAt > oldest ? lastAt : oldest;
  const value = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1_000));
  const notice = lastAt === '' ? 'no notice has come yet' : `the last notice came at ${lastAt}`;
  const detail = `${atMost(waiting.length)} payments wait for their outcome; ${notice}`;
  return [{ subject: 'payments', value, detail }];
}

async function readSevere({ documents, collections, nowMs }: Reading): Promise<Found[]> {
  const [collection = ''] = collections;
  const found: Found[] = [];
  for (const severity of ['HIGH', 'CRITICAL']) {
    const records = await documents.find(collection, {
      where: { severity },
      range: { field: 'at', from: formatInstant(nowMs - AUDITED_MS) },
      orderBy: 'at',
      limit: MAX_COUNTED,
    });
    const detail = `${atMost(records.length)} records of severity ${severity} within an hour`;
    if (records.length > 0) found.push({ subject: severity, value: records.length, detail });
  }
  return found;
}

const atMost = (count: number) => (count < MAX_COUNTED ? String(count) : `${MAX_COUNTED} or more`);

function subjectOf(text: string): string {
  if (text.length <= MAX_SUBJECT) return text;
  return `${text.slice(0, MAX_SUBJECT / 2)}~${shortHash(text)}`;
}
