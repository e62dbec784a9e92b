import type { Position } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import { yieldTurn } from '../../yield-turn.ts';
import type { EngineContext } from '../context.ts';
import type { Feed } from '../feed/feed.ts';
import { compare, hasSameFieldOrder, type Mismatch } from '../folding/compare.ts';
import type { Generation } from '../folding/generation.ts';
import { existing, foldLog, foldStream } from '../folding/refold.ts';
import { restoreDocuments } from '../folding/restore.ts';
import { positionBefore } from '../position-by-time.ts';
import { keysToErase } from './keys-to-erase.ts';

/** Documents of one stream each that are compared in one go, while the feed waits. */
const KEYS_PER_LOCK = 25;
/** Documents of many streams that are refolded in one pass over the log. */
const KEYS_PER_PASS = 20_000;
/** Events that may be left to read while the feed waits. */
const MAX_TAIL_EVENTS = 500;
/** Attempts to shorten the tail, since the feed moves on meanwhile. */
const MAX_CHASES = 10;

/** Exact checks under the write lock; each returns the number of documents compared. */
export interface ExactCheck {
  /** Keys whose documents are each folded from one stream. */
  byStream(keys: readonly string[]): Promise<number>;
  /** All documents of these streams. */
  streams(streams: readonly string[]): Promise<number>;
  /**
   * Keys that many streams feed: `suspects` are folded from their first event, `open` documents are
   * folded on from `from`.
   */
  byLog(
    suspects: readonly string[],
    open: Map<string, DocumentWrite>,
    from: Position,
  ): Promise<number>;
}

export interface ExactCheckOptions {
  readonly heal: boolean;
  /** Also restores documents whose fields are in another order. */
  readonly exact: boolean;
  readonly record: (mismatches: readonly Mismatch[]) => Promise<void>;
}

export function createExactCheck(
  context: EngineContext,
  generation: Generation,
  feed: Feed,
  { heal, exact, record }: ExactCheckOptions,
): ExactCheck {
  const { projection, collection } = generation;

  /** Between two batches, once no commit is in doubt. */
  function underWriteLock(check: () => Promise<Mismatch[]>): Promise<Mismatch[]> {
    return context.writing.run(async () => {
      await feed.resolveInDoubtCommit();
      return generation.state === 'live' ? check() : [];
    });
  }

  /** Compares the documents of keys and restores those that differ. The write lock is held. */
  async function settle(
    keys: readonly string[],
    expected: ReadonlyMap<string, DocumentWrite>,
  ): Promise<Mismatch[]> {
    const stored = await context.store.load(collection.name, keys);
    const mismatches = keys
      .map((key) => compare(key, expected.get(key), stored.get(key)))
      .filter((mismatch) => mismatch !== undefined);
    const wrong = new Set(mismatches.map(({ key }) => key));
    for (const key of exact ? keys : []) {
      if (!hasSameFieldOrder(expected.get(key), stored.get(key))) wrong.add(key);
    }
    if (heal && wrong.size > 0) {
      const repairs = new Map([...wrong].map((key) => [key, expected.get(key)]));
      await restoreDocuments(context, generation, feed.reached(), repairs);
    }
    return mismatches.length > 0 ? beyondErasure(mismatches) : mismatches;
  }

  /** Those that no erasure explains which the read model has yet to reach. */
  async function beyondErasure(mismatches: readonly Mismatch[]): Promise<Mismatch[]> {
    const erased = await keysToErase(context, generation, feed.reached());
    return mismatches.filter(({ key }) => !erased.has(key));
  }

  /** All documents of these streams, and these keys. */
  async function checkStreams(
    streams: readonly string[],
    keys: readonly string[],
  ): Promise<number> {
    let documents = 0;
    const mismatches = await underWriteLock(async () => {
      const expected = new Map<string, DocumentWrite>();
      for (const stream of streams) {
        for (const [key, write] of await foldStream(context, generation, stream, feed.reached())) {
          expected.set(key, write);
        }
      }
      documents = expected.size;
      return settle([...new Set([...expected.keys(), ...keys])], expected);
    });
    await record(mismatches);
    await yieldTurn();
    return documents;
  }

  /** Folds until little of the log is left. @returns how far it came. */
  async function chase(
    folded: Map<string, DocumentWrite>,
    only: ReadonlySet<string>,
    from: Position,
  ): Promise<Position> {
    let after = from;
    for (let chases = 0; chases < MAX_CHASES; chases++) {
      const upTo = feed.reached();
      const events = await foldLog(context, generation, { after, upTo }, folded, only);
      after = upTo;
      if (events < MAX_TAIL_EVENTS) break;
    }
    return after;
  }

  /** Checks these keys in one pass over the log. */
  async function checkInOnePass(
    only: ReadonlySet<string>,
    folded: Map<string, DocumentWrite>,
    from: Position,
  ): Promise<number> {
    const after = await chase(folded, only, from);
    let documents = 0;
    const mismatches = await underWriteLock(async () => {
      await foldLog(context, generation, { after, upTo: feed.reached() }, folded, only);
      const expected = existing(folded);
      documents = expected.size;
      return settle([...only], expected);
    });
    await record(mismatches);
    return documents;
  }

  /** A position before the first event that can touch any of these keys. */
  function beforeFirstOf(keys: ReadonlySet<string>): Promise<Position> {
    const times = [...keys].map((key) => projection.recordedFrom?.(key));
    const known = times.filter((time) => time !== undefined).sort();
    return positionBefore(context.log, known.length < times.length ? undefined : known[0]);
  }

  return {
    async byStream(keys) {
      let documents = 0;
      for (let i = 0; i < keys.length && !context.stopping.aborted; i += KEYS_PER_LOCK) {
        const some = keys.slice(i, i + KEYS_PER_LOCK);
        const streams = some.map((key) => projection.streamOf?.(key) ?? '');
        documents += await checkStreams([...new Set(streams)], some);
      }
      return documents;
    },
    async streams(streams) {
      let documents = 0;
      for (const stream of streams) documents += await checkStreams([stream], []);
      return documents;
    },
    async byLog(suspects, open, from) {
      let documents = 0;
      for (let i = 0; i < suspects.length; i += KEYS_PER_PASS) {
        const only = new Set(suspects.slice(i, i + KEYS_PER_PASS));
        documents += await checkInOnePass(only, new Map(), await beforeFirstOf(only));
      }
      if (open.size > 0) documents += await checkInOnePass(new Set(open.keys()), open, from);
      return documents;
    },
  };
}
