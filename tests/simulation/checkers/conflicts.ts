import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import { entityDecider } from '../../../src/domain/sync/index.ts';
import type { CreateChecker } from './checker.ts';

interface WrittenFact {
  readonly factId: string;
  readonly heads: readonly string[];
  readonly changes: readonly { readonly field: string; readonly set?: unknown }[];
}

interface FoundConflict {
  readonly conflictId: string;
  readonly field: string;
  readonly versions: readonly { readonly factId: string; readonly value: unknown }[];
}

const ENDS = ['PAID', 'CANCELLED'];

/** Two values of a field that need a record when neither author knew of the other. */
function clash(field: string, a: unknown, b: unknown): boolean {
  if (field !== 'status') return true;
  return a !== b && ENDS.includes(String(a)) && ENDS.includes(String(b));
}

/** The facts that the author of each had seen. */
function seenBy(facts: readonly WrittenFact[]): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = new Map<string, Set<string>>();
  for (const { factId, heads } of facts) {
    const all = new Set(heads.flatMap((head) => [head, ...(seen.get(head) ?? [])]));
    seen.set(factId, all);
  }
  return seen;
}

/** The pairs of facts that need a record, each looked at by itself. */
function expectedPairs(facts: readonly WrittenFact[]): readonly string[] {
  const seen = seenBy(facts);
  const pairs: string[] = [];
  for (const [i, a] of facts.entries()) {
    for (const b of facts.slice(i + 1)) {
      if (seen.get(b.factId)?.has(a.factId)) continue;
      for (const { field, set } of a.changes) {
        const other = b.changes.find((each) => each.field === field);
        if (other && clash(field, set, other.set)) pairs.push(pairOf(field, a.factId, b.factId));
      }
    }
  }
  return pairs.sort();
}

const pairOf = (field: string, ...ids: readonly string[]) =>
  `${field} ${[...ids].sort().join(' ')}`;

/**
 * Rules of what several devices write: each pair of versions whose authors did not know of each
 * other has one record, with what both wrote; and what a device was based on is in its fact.
 */
export const conflictRules: CreateChecker = ({ servers, tills }, fail) => {
  const facts = new Map<string, WrittenFact[]>();
  const found = new Map<string, string[]>();
  let seen = 0;

  function note({ stream, type, data }: RecordedEvent): void {
    if (categoryOf(stream) !== entityDecider.category) return;
    if (type === 'EntityFactMerged') {
      facts.set(stream, [...(facts.get(stream) ?? []), data as WrittenFact]);
    } else if (type === 'ConflictFound') {
      const { field, versions } = data as FoundConflict;
      const pair = pairOf(field, ...versions.map(({ factId }) => factId));
      const known = found.get(stream) ?? [];
      if (known.includes(pair)) fail('conflict-once', `${stream} has two records of ${pair}`);
      found.set(stream, [...known, pair]);
      for (const { factId, value } of versions) {
        const fact = facts.get(stream)?.find((each) => each.factId === factId);
        const written = fact?.changes.find((each) => each.field === field)?.set;
        if (written !== value) fail('conflict-once', `${factId} did not write ${String(value)}`);
      }
    }
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      for (const [stream, written] of facts) {
        const expected = expectedPairs(written);
        const pairs = [...(found.get(stream) ?? [])].sort();
        if (String(pairs) === String(expected)) continue;
        fail(
          'conflict-once',
          `${stream} needs records ${String(expected)}, found ${String(pairs)}`,
        );
      }
      const merged = new Map([...facts.values()].flat().map((fact) => [fact.factId, fact]));
      for (const { id, sent } of tills.facts) {
        const { basedOn = [] } = sent as { basedOn?: readonly { heads: readonly string[] }[] };
        const fact = merged.get(id);
        if (!fact) continue;
        const heads = basedOn.flatMap((each) => each.heads);
        if (String(heads) === String(fact.heads)) continue;
        fail('conflict-heads', `${id} was based on ${String(heads)}, found ${String(fact.heads)}`);
      }
    },
  };
};
