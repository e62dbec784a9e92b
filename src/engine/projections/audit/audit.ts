import { DomainError } from '../../../domain/kernel/errors.ts';
import { START, type Position } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import { yieldTurn } from '../lifecycle/catch-up.ts';
import type { Feed } from '../feed/feed.ts';
import {
  compare,
  fieldsOf,
  foldLog,
  foldStream,
  isWrittenAlike,
  present,
  restoreDocuments,
  type Mismatch,
} from '../folding/refold.ts';
import type { Generation } from '../folding/generation.ts';
import { positionBefore } from '../position-by-time.ts';
import { drawStreams } from './sample.ts';
import type { EngineContext } from '../context.ts';
import { walk } from './walk.ts';

/** Documents of one stream that are looked at closely in one go, while the feed waits. */
const KEYS_AT_ONCE = 25;
/** Documents of many streams that are folded again in one reading of the log. */
const KEYS_IN_ONE_READING = 20_000;
/** Events that may still be read while the feed waits. */
const SHORT_TAIL = 500;
const MAX_CHASES = 10;

export interface AuditOptions {
  readonly heal: boolean;
  /**
   * Compares the documents of so many streams, drawn at random, and does not look for documents
   * that should not be there. A read model that many streams feed is compared as a whole.
   */
  readonly sample?: number | undefined;
  /** Compares this document alone. */
  readonly key?: string | undefined;
  /** Share of the time that it may work, above 0 and at most 1; it rests in between. Default 1. */
  readonly share?: number | undefined;
}

export interface AuditReport {
  readonly projection: string;
  readonly documents: number;
  readonly damages: readonly Mismatch[];
  readonly healed: boolean;
}

/**
 * Folds the log again beside the documents of a live member and names every difference (K6). With
 * `heal` it also puts back what differs, between two batches of the feed.
 * @throws DomainError not_caught_up when the member or the engine stopped meanwhile.
 */
export async function audit(
  context: EngineContext,
  member: Generation,
  feed: Feed,
  options: AuditOptions,
): Promise<AuditReport> {
  const { heal, sample, key } = options;
  const damages: Mismatch[] = [];
  // What missed an event is made as if it never had.
  const exact = heal && member.needsAudit !== undefined;
  const ofOneStream = member.projection.streamOf !== undefined;
  const check = createCheck(context, member, feed, { heal, exact }, async (found) => {
    damages.push(...found);
    for (const damage of found) {
      const detail = fieldsOf(damage);
      const what = { key: damage.key, kind: damage.kind };
      await context.journal.record(member.projection.name, 'GapFound', { ...what, detail });
      if (heal) await context.journal.record(member.projection.name, 'GapHealed', what);
    }
  });
  const checkAll = (keys: readonly string[], open: Map<string, DocumentWrite>, at: Position) =>
    ofOneStream ? check.byStream([...keys, ...open.keys()]) : check.byLog(keys, open, at);

  async function checkMember(): Promise<number> {
    if (key !== undefined) return checkAll([key], new Map(), feed.reached());
    if (sample !== undefined && ofOneStream) {
      return check.streams(await drawStreams(context, member, feed.reached(), sample));
    }
    const upTo = feed.reached();
    const pace = createPace(context, options.share ?? 1);
    member.audited = { position: START, upTo };
    const onProgress = (position: Position) => {
      member.audited = { position, upTo };
    };
    try {
      const walked = await walk(context, member, { upTo, exact, pace, onProgress });
      // What is folded half way says nothing about any document.
      if (!walked) throw endedEarly();
      const { sound, suspects, open } = walked;
      return sound + (await checkAll([...suspects], open, upTo));
    } finally {
      member.audited = undefined;
    }
  }

  function endedEarly(): DomainError {
    const { name } = member.projection;
    const message = `the audit of ${name} ended before it was through: it is not live any more`;
    return new DomainError('not_caught_up', message, { projection: name });
  }

  const documents = await checkMember();
  if (context.stopping.aborted) throw endedEarly();
  return { projection: member.projection.name, documents, damages, healed: heal };
}

/** Lets others have their turn, and rests so that no more than a share of the time is worked. */
function createPace({ clock, stopping }: EngineContext, share: number): () => Promise<void> {
  if (share >= 1) return yieldTurn;
  let since = clock.now();
  return async () => {
    const workedMs = Math.max(0, clock.now() - since);
    await yieldTurn();
    await clock.sleep(workedMs * (1 / share - 1), stopping);
    since = clock.now();
  };
}

/** Close looks at documents that the feed cannot change meanwhile. Each tells how many it saw. */
function createCheck(
  context: EngineContext,
  member: Generation,
  feed: Feed,
  { heal, exact }: { readonly heal: boolean; readonly exact: boolean },
  note: (found: readonly Mismatch[]) => Promise<void>,
) {
  /** Between two batches, when it is certain which one was the last. */
  function whileFeedRests(look: () => Promise<Mismatch[]>): Promise<Mismatch[]> {
    return context.writing.run(async () => {
      await feed.resolveInDoubtCommit();
      return member.state === 'live' ? look() : [];
    });
  }

  /** Compares keys inside the writing section, and mends them there. */
  async function settle(
    keys: readonly string[],
    expected: ReadonlyMap<string, DocumentWrite>,
  ): Promise<Mismatch[]> {
    const stored = await context.store.load(member.collection.name, keys);
    const found = keys
      .map((key) => compare(key, expected.get(key), stored.get(key)))
      .filter((damage) => damage !== undefined);
    const wrong = new Set(found.map(({ key }) => key));
    for (const key of exact ? keys : []) {
      if (!isWrittenAlike(expected.get(key), stored.get(key))) wrong.add(key);
    }
    if (heal && wrong.size > 0) {
      const repairs = new Map([...wrong].map((key) => [key, expected.get(key)]));
      await restoreDocuments(context, member, feed.reached(), repairs);
    }
    return found;
  }

  /** All documents of some streams, and these keys. */
  async function ofStreams(streams: readonly string[], keys: readonly string[]): Promise<number> {
    let documents = 0;
    const found = await whileFeedRests(async () => {
      const expected = new Map<string, DocumentWrite>();
      for (const stream of streams) {
        for (const [key, write] of await foldStream(context, member, stream, feed.reached())) {
          expected.set(key, write);
        }
      }
      documents = expected.size;
      return settle([...new Set([...expected.keys(), ...keys])], expected);
    });
    await note(found);
    await yieldTurn();
    return documents;
  }

  async function byStream(keys: readonly string[]): Promise<number> {
    let documents = 0;
    for (let i = 0; i < keys.length && !context.stopping.aborted; i += KEYS_AT_ONCE) {
      const some = keys.slice(i, i + KEYS_AT_ONCE);
      const streams = some.map((key) => member.projection.streamOf?.(key) ?? '');
      documents += await ofStreams([...new Set(streams)], some);
    }
    return documents;
  }

  /** Folds these on until little of the log is left to read. */
  async function chase(
    folded: Map<string, DocumentWrite>,
    only: ReadonlySet<string>,
    from: Position,
  ): Promise<Position> {
    let after = from;
    for (let chases = 0; chases < MAX_CHASES; chases++) {
      const upTo = feed.reached();
      const events = await foldLog(context, member, { after, upTo }, folded, only);
      after = upTo;
      if (events < SHORT_TAIL) break;
    }
    return after;
  }

  async function inOneReading(
    only: ReadonlySet<string>,
    folded: Map<string, DocumentWrite>,
    from: Position,
  ): Promise<number> {
    const after = await chase(folded, only, from);
    let documents = 0;
    const found = await whileFeedRests(async () => {
      await foldLog(context, member, { after, upTo: feed.reached() }, folded, only);
      const expected = present(folded);
      documents = expected.size;
      return settle([...only], expected);
    });
    await note(found);
    return documents;
  }

  /** Where the earliest of them can begin. */
  async function placeOf(keys: ReadonlySet<string>): Promise<Position> {
    const times = [...keys].map((key) => member.projection.recordedFrom?.(key));
    const known = times.filter((time) => time !== undefined).sort();
    return positionBefore(context.log, known.length < times.length ? undefined : known[0]);
  }

  return {
    byStream,
    streams: async (streams: readonly string[]) => {
      let documents = 0;
      for (const stream of streams) documents += await ofStreams([stream], []);
      return documents;
    },
    /** Documents that many streams feed: suspects from their first event, the others from `at`. */
    async byLog(
      suspects: readonly string[],
      open: Map<string, DocumentWrite>,
      at: Position,
    ): Promise<number> {
      let documents = 0;
      for (let i = 0; i < suspects.length; i += KEYS_IN_ONE_READING) {
        const only = new Set(suspects.slice(i, i + KEYS_IN_ONE_READING));
        documents += await inOneReading(only, new Map(), await placeOf(only));
      }
      if (open.size > 0) documents += await inOneReading(new Set(open.keys()), open, at);
      return documents;
    },
  };
}
