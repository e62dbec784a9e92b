import type { AlertRuleName } from '../../domain/alerts/index.ts';
import { shortHash } from '../../domain/kernel/fingerprint.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DocumentQueries, StoreDocuments } from '../../ports/read-store.ts';
import { AUDIT_TRAIL } from '../../projections/audit-trail/projection.ts';
import { deliveries } from '../../projections/deliveries/projection.ts';
import type { StoredLevel } from '../../projections/inventory/levels/document.ts';
import { stockLevels } from '../../projections/inventory/levels/projection.ts';
import type { Condition } from './conditions.ts';

/** More than these are counted as these. */
const MAX_COUNTED = 100;
/** Low stocks of one shop that are searched for negative ones, and those of one query. */
const MAX_LOW = 5_000;
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
/** Undefined: there is too much to know all of it. */
type Read = (
  documents: StoreDocuments,
  collection: string,
  nowMs: number,
) => Promise<readonly Found[] | undefined>;

const READS: readonly { rule: AlertRuleName; model: string; read: Read }[] = [
  { rule: 'deliveries-parked', model: deliveries.name, read: readParked },
  { rule: 'negative-stock', model: stockLevels.name, read: readNegative },
  { rule: 'severe-audit-record', model: AUDIT_TRAIL, read: readSevere },
];

/** @throws when the read store does not answer. */
export async function readShopConditions(
  { readStore, projections, clock }: ShopConditionsOptions,
  storeIds: readonly string[],
): Promise<ShopConditions> {
  const conditions: Condition[] = [];
  const complete = new Set<AlertRuleName>();
  for (const { rule, model, read } of READS) {
    const collection = projections.serving(model);
    if (collection === undefined) continue;
    complete.add(rule);
    for (const storeId of storeIds) {
      const found = await read(readStore.forStore(storeId), collection, clock.now());
      if (!found) complete.delete(rule);
      for (const each of found ?? []) conditions.push({ rule, storeId, ...each });
    }
  }
  return { conditions, complete };
}

async function readParked(documents: StoreDocuments, collection: string): Promise<Found[]> {
  const parked = await documents.find(collection, {
    where: { state: 'parked' },
    orderBy: 'requestedAt',
    limit: MAX_COUNTED,
  });
  const detail = `${atMost(parked.length)} deliveries wait for a decision of a person`;
  return parked.length === 0 ? [] : [{ subject: 'deliveries', value: parked.length, detail }];
}

/** One condition for each product and place. */
async function readNegative(
  documents: StoreDocuments,
  collection: string,
): Promise<Found[] | undefined> {
  const found: Found[] = [];
  let after: { readonly value: string; readonly key: string } | undefined;
  for (let read = 0; read < MAX_LOW; read += PAGE) {
    const page = await documents.find<StoredLevel>(collection, {
      where: { lowText: 'yes' },
      orderBy: 'place',
      limit: PAGE,
      ...(after && { after }),
    });
    for (const { body } of page) {
      const { productId, locationId, available } = body;
      const subject = subjectOf(`${productId}@${locationId}`);
      const detail = `${available} available of ${productId} in ${locationId}`;
      if (available < 0) found.push({ subject, value: -available, detail });
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return found;
    after = { value: last.body.place, key: last.key };
  }
  return undefined;
}

async function readSevere(
  documents: StoreDocuments,
  collection: string,
  nowMs: number,
): Promise<Found[]> {
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
