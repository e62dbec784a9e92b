import type { MergeFact } from './merge-fact.ts';

const WORD_BITS = 32;

/** Which facts had been seen by the authors of which others. */
export interface Causality {
  /** Facts whose heads are all known, each after its heads. */
  readonly facts: readonly MergeFact[];
  /** Facts that wait for others, by id. */
  readonly waiting: readonly string[];
  /** Whether the author of `later` had seen `earlier`; both are places in `facts`. */
  readonly hasSeen: (later: number, earlier: number) => boolean;
  /** Neither author had seen the fact of the other. */
  readonly areConcurrent: (a: number, b: number) => boolean;
}

/**
 * Orders facts by what their authors had seen, and by nothing else. Each fact counts once, however
 * often it is given. A fact whose heads are not all known waits: until they come it could seem
 * concurrent with what its author had seen.
 */
export function causalityOf(given: Iterable<MergeFact>): Causality {
  const byId = new Map<string, MergeFact>();
  for (const fact of given) if (!byId.has(fact.id)) byId.set(fact.id, fact);
  const facts = causalOrder(byId);
  const seen = seenBits(facts);
  const hasSeen = (later: number, earlier: number) => seen(later, earlier);
  const waiting: string[] = [];
  if (facts.length < byId.size) {
    const known = new Set(facts.map(({ id }) => id));
    for (const id of byId.keys()) if (!known.has(id)) waiting.push(id);
  }
  return {
    facts,
    waiting,
    hasSeen,
    areConcurrent: (a, b) => a !== b && !hasSeen(a, b) && !hasSeen(b, a),
  };
}

function causalOrder(byId: ReadonlyMap<string, MergeFact>): readonly MergeFact[] {
  const ordered: MergeFact[] = [];
  const missing = new Map<string, number>();
  const waitFor = new Map<string, MergeFact[]>();
  for (const fact of byId.values()) {
    const heads = new Set(fact.heads);
    if (heads.size === 0) ordered.push(fact);
    missing.set(fact.id, heads.size);
    for (const head of heads) {
      const others = waitFor.get(head);
      if (others) others.push(fact);
      else waitFor.set(head, [fact]);
    }
  }
  for (const { id } of ordered) {
    for (const fact of waitFor.get(id) ?? []) {
      const left = (missing.get(fact.id) ?? 0) - 1;
      missing.set(fact.id, left);
      if (left === 0) ordered.push(fact);
    }
  }
  return ordered;
}

/** One row of bits per fact: what its author had seen, directly or through others. */
function seenBits(facts: readonly MergeFact[]) {
  const width = Math.ceil(facts.length / WORD_BITS);
  const rows = new Uint32Array(facts.length * width);
  const places = new Map(facts.map(({ id }, place) => [id, place]));
  for (const [place, { heads }] of facts.entries()) {
    const row = place * width;
    for (const head of heads) {
      const from = places.get(head) ?? 0;
      for (let word = 0; word < width; word++) {
        rows[row + word] = (rows[row + word] ?? 0) | (rows[from * width + word] ?? 0);
      }
      const word = row + Math.floor(from / WORD_BITS);
      rows[word] = (rows[word] ?? 0) | (1 << (from % WORD_BITS));
    }
  }
  return (later: number, earlier: number): boolean => {
    const word = rows[later * width + Math.floor(earlier / WORD_BITS)] ?? 0;
    return ((word >>> (earlier % WORD_BITS)) & 1) === 1;
  };
}
