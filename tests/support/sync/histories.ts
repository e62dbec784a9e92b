import type { Change, MergeFact, Value } from '../../../src/domain/sync/merge/merge-fact.ts';
import {
  type FieldRule,
  type FieldRules,
  MERGE_RULES,
} from '../../../src/domain/sync/merge/rules.ts';
import { elementName } from '../../../src/domain/sync/merge/set.ts';
import type { Prng } from '../../simulation/world/prng.ts';

/** Fields of all kinds of entities as those of one, so that a history meets each rule. */
export const ALL_RULES: FieldRules = Object.assign({}, ...Object.values(MERGE_RULES)) as FieldRules;
const FIELDS = Object.entries(ALL_RULES);

const REPLICAS = 3;
const FEWEST_STEPS = 6;
const MORE_STEPS = 10;
const STEP_MS = 1_000;
const KEYS = ['attempt-a', 'attempt-b', 'attempt-c'];
const TEXTS = ['no nuts', 'extra rice', 'T4', 'T7'];

interface Replica {
  readonly known: Map<string, MergeFact>;
  /** When the server last answered. */
  heardAt: number;
}

/** What a few devices, which meet now and then, wrote about one entity. */
export function makeHistory(rnd: Prng): readonly MergeFact[] {
  const replicas: Replica[] = Array.from({ length: REPLICAS }, () => ({
    known: new Map<string, MergeFact>(),
    heardAt: 0,
  }));
  const facts: MergeFact[] = [];
  const steps = FEWEST_STEPS + rnd.below(MORE_STEPS);
  for (let step = 1; step <= steps; step++) {
    const replica = rnd.pick(replicas);
    if (rnd.chance(0.3)) {
      for (const [id, fact] of rnd.pick(replicas).known) replica.known.set(id, fact);
      if (rnd.chance(0.5)) replica.heardAt = step * STEP_MS;
      continue;
    }
    const id = `${rnd.below(1_000_000)}-${step}`;
    const known = [...replica.known.values()];
    const seen = new Set(known.flatMap(({ heads }) => heads));
    const fact: MergeFact = {
      id,
      heads: known.flatMap((each) => (seen.has(each.id) ? [] : [each.id])),
      notBefore: replica.heardAt,
      notAfter: (step + rnd.below(3)) * STEP_MS,
      ...(rnd.chance(0.2) && { isServer: true }),
      ...(rnd.chance(0.1) && { isChoice: true }),
      changes: changesBy(rnd, known),
    };
    facts.push(fact);
    replica.known.set(id, fact);
  }
  return facts;
}

function changesBy(rnd: Prng, known: readonly MergeFact[]): readonly Change[] {
  const [field, rule] = rnd.pick(FIELDS);
  const change = changeOf(rnd, field, rule, known);
  if (rnd.chance(0.7)) return [change];
  const [other, otherRule] = rnd.pick(FIELDS);
  return other === field ? [change] : [change, changeOf(rnd, other, otherRule, known)];
}

function changeOf(rnd: Prng, field: string, rule: FieldRule, known: readonly MergeFact[]): Change {
  switch (rule.rule) {
    case 'awset': {
      const seen = known.flatMap(({ id, changes }) =>
        changes.flatMap((each) =>
          each.field === field ? (each.add ?? []).map((_, i) => elementName(id, i)) : [],
        ),
      );
      if (seen.length > 0 && rnd.chance(0.4)) return { field, remove: [rnd.pick(seen)] };
      return { field, add: [rnd.pick(TEXTS)] };
    }
    case 'ksum':
    case 'escrow':
      return { field, parts: { [rnd.pick(KEYS)]: { amount: rnd.below(3) } } };
    default:
      return { field, set: valueOf(rnd, rule) };
  }
}

function valueOf(rnd: Prng, rule: FieldRule): Value {
  if (rule.rule === 'max') return rnd.pick(rule.chain.flat());
  if (rule.kind === 'count') return rnd.below(4);
  return rule.kind === 'yes-no' ? rnd.chance(0.5) : rnd.pick(TEXTS);
}

/** The same facts in another order, some of them twice. */
export function delivered(rnd: Prng, facts: readonly MergeFact[]): readonly MergeFact[] {
  const twice = [...facts, ...facts.filter(() => rnd.chance(0.3))];
  return twice
    .map((fact) => ({ fact, by: rnd.next() }))
    .sort((a, b) => a.by - b.by)
    .map(({ fact }) => fact);
}

/** Other ids, whose order is the reverse of the one they had. */
export function relabelling(facts: readonly MergeFact[]): ReadonlyMap<string, string> {
  const ids = facts.map(({ id }) => id).sort();
  const others = ids.map((_, i) => `id-${String(ids.length - i).padStart(4, '0')}`);
  return new Map(ids.map((id, i) => [id, others[i] ?? id]));
}

/** The facts under other ids. */
export function relabelled(
  facts: readonly MergeFact[],
  names: ReadonlyMap<string, string>,
): readonly MergeFact[] {
  const nameOf = (id: string) => names.get(id) ?? id;
  return facts.map((fact) => ({
    ...fact,
    id: nameOf(fact.id),
    heads: fact.heads.map(nameOf),
    changes: fact.changes.map((change) => ({
      ...change,
      ...(change.remove && { remove: change.remove.map((name) => elementUnder(name, names)) }),
    })),
  }));
}

/** The name of an element, under another id of its fact. */
export function elementUnder(name: string, names: ReadonlyMap<string, string>): string {
  const [id = '', place = ''] = name.split('#');
  return elementName(names.get(id) ?? id, Number(place));
}
