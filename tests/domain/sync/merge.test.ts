import { timeOfFact } from '../../../src/domain/sync/clock.ts';
import { mergeFacts } from '../../../src/domain/sync/merge/merge.ts';
import type { Change, MergeFact } from '../../../src/domain/sync/merge/merge-fact.ts';
import { MERGE_RULES } from '../../../src/domain/sync/merge/rules.ts';
import { createPrng, fnv1a } from '../../simulation/world/prng.ts';
import { ALL_RULES, makeHistory } from '../../support/sync/histories.ts';
import {
  brokenLaw,
  type Merge,
  mergeOfProduct,
  textOfMerged,
} from '../../support/sync/merge-laws.ts';

const HISTORIES = 3_000;
/** Each mutant must be found within so many. */
const SEEDS = 500;

const written = (id: string, change: Change, more: Partial<MergeFact> = {}): MergeFact => ({
  ...{ id, heads: [], notBefore: 0, notAfter: 1_000 },
  changes: [change],
  ...more,
});
const order = (...facts: readonly MergeFact[]) => mergeFacts(MERGE_RULES['order'] ?? {}, facts);
const line = (...facts: readonly MergeFact[]) => mergeFacts(MERGE_RULES['line'] ?? {}, facts);

describe('The merge of facts', () => {
  it('depends on which facts there are, and on nothing else', () => {
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const rnd = createPrng(seed);
      expect([seed, brokenLaw(mergeOfProduct, makeHistory(rnd), rnd)]).toEqual([seed, undefined]);
    }
  });

  it('is the same whatever the clocks of devices say', () => {
    const kept = { keptAt: '2026-11-30T20:00:00.000Z', openedAt: '2026-11-30T08:00:00.000Z' };
    const claims = [
      '1970-01-01T00:00:00.000Z',
      '2026-11-30T12:00:00.000Z',
      '2099-01-01T00:00:00.000Z',
    ];
    const texts = claims.map((occurredAt) => {
      const claimed = { occurredAt, clock: { offsetMs: 7 }, businessDay: '2026-11-30' };
      const { notBeforeMs: notBefore } = timeOfFact(claimed, kept, () => '2026-11-30');
      const bounds = { notBefore, notAfter: Date.parse(kept.keptAt) };
      const a = written('a', { field: 'tipMinor', set: 100 }, bounds);
      const b = written('b', { field: 'tipMinor', set: 200 });
      return textOfMerged(mergeFacts(ALL_RULES, [a, b]));
    });
    expect(new Set(texts).size).toBe(1);
  });

  it('keeps the lines of both, and removes only what its author had seen', () => {
    const seen = written('a', { field: 'lines', add: ['soup', 'bread'] });
    const elsewhere = written('b', { field: 'lines', add: ['soup'] });
    const removal = written('c', { field: 'lines', remove: ['a#0'] }, { heads: ['a'] });
    const { fields, conflicts } = order(removal, elsewhere, seen);
    expect(fields).toEqual({ lines: { 'a#1': 'bread', 'b#0': 'soup' } });
    expect(conflicts).toEqual([]);
  });

  it('shows both notes, and one record, until a version is written that knows them', () => {
    const a = written('a', { field: 'note', set: 'no nuts' });
    const b = written('b', { field: 'note', set: 'extra rice' });
    const both = order(a, b);
    expect(both.fields['note']).toEqual(['extra rice', 'no nuts']);
    const conflict = { field: 'note', facts: ['a', 'b'], winner: null };
    expect(both.conflicts).toEqual([{ ...conflict, state: 'open' }]);
    const choice = written('c', { field: 'note', set: 'no nuts' }, { heads: ['a', 'b'] });
    const chosen = order(choice, b, a);
    expect(chosen.fields['note']).toBe('no nuts');
    expect(chosen.conflicts).toEqual([{ ...conflict, state: 'chosen' }]);
  });

  it('takes the larger of two corrections, and adds two steps', () => {
    const a = written('a', { field: 'quantity', set: 3 });
    const b = written('b', { field: 'quantity', set: 4 });
    const steps = ['c', 'd'].map((id) =>
      written(id, { field: 'steps', parts: { [id]: { amount: 1 } } }),
    );
    expect(line(a, b, ...steps).fields).toEqual({ quantity: 4, steps: { sums: { '': 2 } } });
  });

  it('never moves a status down, and says where two ends exclude one another', () => {
    const paid = written('a', { field: 'status', set: 'PAID' });
    const sent = written('b', { field: 'status', set: 'SENT' });
    expect(order(paid, sent)).toMatchObject({ fields: { status: 'PAID' }, conflicts: [] });
    const cancelled = written('c', { field: 'status', set: 'CANCELLED' });
    const { fields, conflicts } = order(paid, cancelled, sent);
    expect(fields['status']).toEqual(['CANCELLED', 'PAID']);
    expect(conflicts).toEqual([
      { field: 'status', facts: ['a', 'c'], winner: null, state: 'open' },
    ]);
  });

  it('counts a part once for its key, and leaves out one with two amounts', () => {
    const part = (id: string, amount: number) =>
      written(id, { field: 'steps', parts: { tap: { amount } } });
    expect(line(part('a', 2), part('b', 2)).fields).toEqual({ steps: { sums: { '': 2 } } });
    const { fields, conflicts } = line(part('a', 2), part('b', 5));
    expect(fields).toEqual({ steps: { sums: {}, disputed: ['tap'] } });
    expect(conflicts).toHaveLength(1);
    const choice = { ...part('c', 5), heads: ['a', 'b'], isChoice: true };
    expect(line(part('a', 2), choice, part('b', 5)).fields).toEqual({ steps: { sums: { '': 5 } } });
  });

  it('prefers the version that certainly came later, else neither clock nor id', () => {
    const early = written('z', { field: 'tipMinor', set: 900 }, { notAfter: 1_000 });
    const late = written(
      'a',
      { field: 'tipMinor', set: 100 },
      { notBefore: 2_000, notAfter: 9_000 },
    );
    const { fields, conflicts } = mergeFacts(MERGE_RULES['payment'] ?? {}, [early, late]);
    expect(fields).toEqual({ tipMinor: 100 });
    expect(conflicts).toMatchObject([{ winner: 'a', state: 'settled' }]);
  });

  it('lets only the server set a price', () => {
    const own = written('a', { field: 'priceMinor', set: 300 }, { isServer: true });
    const asked = written('b', { field: 'priceMinor', set: 250 });
    const { fields, conflicts } = mergeFacts(MERGE_RULES['product'] ?? {}, [asked, own]);
    expect(fields).toEqual({ priceMinor: 300 });
    expect(conflicts).toMatchObject([{ winner: 'a', state: 'settled' }]);
  });

  it('lets a fact wait until all that its author had seen is known', () => {
    const later = written('b', { field: 'note', set: 'x' }, { heads: ['a'] });
    expect(order(later)).toMatchObject({ fields: {}, waiting: ['b'], heads: [] });
    const first = written('a', { field: 'note', set: 'y' });
    expect(order(later, first)).toMatchObject({ fields: { note: 'x' }, conflicts: [] });
  });
});

/** The given facts as a merge with a bug would read them. */
const reading =
  (read: (fact: MergeFact, place: number) => MergeFact): Merge =>
  (rules, facts) =>
    mergeFacts(rules, facts.map(read));

const MUTANTS: Readonly<Record<string, Merge>> = {
  'the smallest id wins': reading((fact) => {
    const at = fnv1a(fact.id);
    return { ...fact, notBefore: at, notAfter: at };
  }),
  'the last to arrive wins': reading((fact, at) => ({ ...fact, notBefore: at, notAfter: at })),
  'a repeated fact counts again': reading((fact, place) => ({
    ...fact,
    id: `${fact.id}~${place}`,
  })),
  'what was seen is forgotten': reading((fact) => ({ ...fact, heads: [] })),
  'nothing waits for what its author had seen': (rules, facts) => {
    const known = new Set(facts.map(({ id }) => id));
    const read = facts.map((fact) => ({
      ...fact,
      heads: fact.heads.filter((id) => known.has(id)),
    }));
    return mergeFacts(rules, read);
  },
  'only the first pair of a field has a record': (rules, facts) => {
    const merged = mergeFacts(rules, facts);
    const fields = merged.conflicts.map(({ field }) => field);
    const conflicts = merged.conflicts.filter(({ field }, i) => fields.indexOf(field) === i);
    return { ...merged, conflicts };
  },
  'equal values are no conflict': (rules, facts) => {
    const merged = mergeFacts(rules, facts);
    return { ...merged, conflicts: merged.conflicts.filter(({ state }) => state !== 'same') };
  },
  'a removal takes whatever is alike': (rules, facts) => {
    const values = new Map<string, unknown>(
      facts.flatMap(({ id, changes }) =>
        changes.flatMap(({ add = [] }) => add.map((value, i) => [`${id}#${i}`, value] as const)),
      ),
    );
    const seen = new Map<unknown, string[]>();
    const read = facts.map((fact) => {
      for (const [i, value] of fact.changes.flatMap(({ add = [] }) => add).entries()) {
        seen.set(value, [...(seen.get(value) ?? []), `${fact.id}#${i}`]);
      }
      const changes = fact.changes.map((change) =>
        change.remove
          ? { ...change, remove: change.remove.flatMap((name) => seen.get(values.get(name)) ?? []) }
          : change,
      );
      return { ...fact, changes };
    });
    return mergeFacts(rules, read);
  },
  'a later choice hides the record': (rules, facts) => {
    const merged = mergeFacts(rules, facts);
    return { ...merged, conflicts: merged.conflicts.filter(({ state }) => state !== 'chosen') };
  },
};

describe('The laws of merging', () => {
  it.each(Object.entries(MUTANTS))('do not hold where %s', (_, merge) => {
    let broken: string | undefined;
    for (let seed = 1; seed <= SEEDS && broken === undefined; seed++) {
      const rnd = createPrng(seed);
      broken = brokenLaw(merge, makeHistory(rnd), rnd);
    }
    expect(broken).toBeDefined();
  });
});
