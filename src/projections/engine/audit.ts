import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../domain/kernel/position.ts';
import type { DocumentWrite, StoredDocument } from '../../ports/read-store.ts';
import { yieldTurn } from './catch-up.ts';
import type { Feed } from './feed.ts';
import { compare, fieldsOf, foldLog, foldStream, present, putBack, type Damage } from './heal.ts';
import type { Member } from './member.ts';
import type { EngineContext } from './types.ts';

const STREAMS_AT_ONCE = 25;
const SCAN_PAGE = 200;

export interface AuditOptions {
  readonly heal: boolean;
  /**
   * Compares the documents of so many streams, drawn at random, and does not look for documents
   * that should not be there. A read model that many streams feed is compared as a whole.
   */
  readonly sample?: number | undefined;
}

export interface AuditReport {
  readonly projection: string;
  readonly documents: number;
  readonly damages: readonly Damage[];
  readonly healed: boolean;
}

/**
 * Folds the log again beside the documents of a live member and names every difference (K6). With
 * `heal` it also puts back what differs, between two batches of the feed.
 */
export async function audit(
  context: EngineContext,
  member: Member,
  feed: Feed,
  options: AuditOptions,
): Promise<AuditReport> {
  const damages: Damage[] = [];
  const note = async (found: readonly Damage[]) => {
    damages.push(...found);
    for (const damage of found) {
      const { key, kind } = damage;
      const detail = fieldsOf(damage);
      await context.journal.record(member.projection.name, 'GapFound', { key, kind, detail });
      if (!options.heal) continue;
      await context.journal.record(member.projection.name, 'GapHealed', { key, kind });
    }
  };
  const documents = member.projection.streamOf
    ? await auditByStream(context, member, feed, options, note)
    : await auditWhole(context, member, feed, options.heal, note);
  return { projection: member.projection.name, documents, damages, healed: options.heal };
}

type Note = (found: readonly Damage[]) => Promise<void>;

/** Compares a set of keys inside the writing section, and mends them there. */
async function settle(
  context: EngineContext,
  member: Member,
  upTo: Position,
  expected: ReadonlyMap<string, DocumentWrite>,
  stored: ReadonlyMap<string, StoredDocument>,
  heal: boolean,
): Promise<Damage[]> {
  const keys = new Set([...expected.keys(), ...stored.keys()]);
  const found: Damage[] = [];
  for (const key of keys) {
    const damage = compare(key, expected.get(key), stored.get(key));
    if (damage) found.push(damage);
  }
  if (heal && found.length > 0) {
    const repairs = new Map(found.map(({ key }) => [key, expected.get(key)]));
    await putBack(context, member, upTo, repairs);
  }
  return found;
}

async function auditByStream(
  context: EngineContext,
  member: Member,
  feed: Feed,
  { heal, sample }: AuditOptions,
  note: Note,
): Promise<number> {
  let documents = 0;
  const check = async (streams: readonly string[], keys: readonly string[]) => {
    const found = await context.writing.run(async () => {
      if (member.state !== 'live') return [];
      const expected = new Map<string, DocumentWrite>();
      for (const stream of streams) {
        for (const [key, write] of await foldStream(context, member, stream, feed.reached)) {
          expected.set(key, write);
        }
      }
      const wanted = [...new Set([...expected.keys(), ...keys])];
      const stored = await context.store.load(member.collection.name, wanted);
      documents += expected.size;
      return settle(context, member, feed.reached, expected, stored, heal);
    });
    await note(found);
    await yieldTurn();
  };

  const all = newStreams(context, member, feed.reached);
  if (sample !== undefined) {
    for (const stream of await drawn(context, all, sample)) await check([stream], []);
    return documents;
  }
  for await (const streams of all) await check(streams, []);
  let after = '';
  for (;;) {
    const page = await context.store.scan(member.collection.name, after, SCAN_PAGE);
    if (page.length === 0) return documents;
    after = page.at(-1)?.key ?? after;
    await checkExtras(page);
  }

  /** Documents whose stream does not make them (any more). */
  async function checkExtras(page: readonly StoredDocument[]): Promise<void> {
    for (const { key } of page) {
      const stream = member.projection.streamOf?.(key) ?? '';
      const made = await foldStream(context, member, stream, feed.reached);
      if (!made.has(key)) await check([stream], [key]);
    }
  }
}

/** So many of the streams, each as likely as any other: a reservoir. */
async function drawn(
  { ids }: EngineContext,
  all: AsyncIterable<readonly string[]>,
  count: number,
): Promise<readonly string[]> {
  const chosen: string[] = [];
  let seen = 0;
  for await (const streams of all) {
    for (const stream of streams) {
      seen += 1;
      const place = chosen.length < count ? chosen.length : Math.floor(ids.random() * seen);
      if (place < count) chosen[place] = stream;
    }
  }
  return chosen;
}

/** Streams of the member's categories, each once: found by their first event. */
async function* newStreams(
  { log, limits, stopping }: EngineContext,
  member: Member,
  upTo: Position,
): AsyncGenerator<string[]> {
  let position = START;
  const streams: string[] = [];
  const isFirst = (event: RecordedEvent) =>
    event.revision === 0 && comparePositions(event.position, upTo) <= 0;
  while (comparePositions(position, upTo) < 0 && !stopping.aborted) {
    const page = await log.readAll({
      after: position,
      limit: limits.sliceEvents,
      categories: member.projection.categories,
    });
    streams.push(...page.events.filter(isFirst).map(({ stream }) => stream));
    while (streams.length >= STREAMS_AT_ONCE) yield streams.splice(0, STREAMS_AT_ONCE);
    if (page.atHead) break;
    position = page.position;
    await yieldTurn();
  }
  if (streams.length > 0) yield streams;
}

/**
 * Many streams feed a document: the log is folded whole, and its tail inside the writing section.
 */
async function auditWhole(
  context: EngineContext,
  member: Member,
  feed: Feed,
  heal: boolean,
  note: Note,
): Promise<number> {
  const upTo = feed.reached;
  const folded = await foldLog(context, member, { after: START, upTo }, new Map());
  let documents = 0;
  const found = await context.writing.run(async () => {
    if (member.state !== 'live') return [];
    const range = { after: upTo, upTo: feed.reached };
    const expected = present(await foldLog(context, member, range, folded));
    const stored = new Map<string, StoredDocument>();
    let after = '';
    for (;;) {
      const page = await context.store.scan(member.collection.name, after, SCAN_PAGE);
      if (page.length === 0) break;
      for (const document of page) stored.set(document.key, document);
      after = page.at(-1)?.key ?? after;
    }
    documents = expected.size;
    return settle(context, member, feed.reached, expected, stored, heal);
  });
  await note(found);
  return documents;
}
