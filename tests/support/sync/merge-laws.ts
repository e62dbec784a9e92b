import { type Merged, mergeFacts } from '../../../src/domain/sync/merge/merge.ts';
import type { MergeFact } from '../../../src/domain/sync/merge/merge-fact.ts';
import type { FieldRules } from '../../../src/domain/sync/merge/rules.ts';
import { canonicalText } from '../../../src/lib/canonical-json.ts';
import type { Prng } from '../../simulation/world/prng.ts';
import { ALL_RULES, delivered, elementUnder, relabelled, relabelling } from './histories.ts';

export type Merge = (rules: FieldRules, facts: readonly MergeFact[]) => Merged;

/** All that a merge says, as one text; names are those of the map. */
export function textOfMerged(merged: Merged, names: ReadonlyMap<string, string> = new Map()) {
  const nameOf = (id: string) => names.get(id) ?? id;
  const fields = Object.fromEntries(
    Object.entries(merged.fields).map(([field, value]) => [
      field,
      ALL_RULES[field]?.rule === 'awset'
        ? Object.fromEntries(
            Object.entries(value as object).map(([name, element]: [string, unknown]) => [
              elementUnder(name, names),
              element,
            ]),
          )
        : value,
    ]),
  );
  const conflicts = merged.conflicts
    .map(({ facts, winner, ...rest }) =>
      canonicalText({
        ...rest,
        facts: facts.map(nameOf).sort(),
        winner: winner === null ? null : nameOf(winner),
      }),
    )
    .sort();
  return canonicalText({ fields, conflicts, heads: merged.heads.map(nameOf).sort() });
}

const named = ({ field, key = '', facts }: Merged['conflicts'][number]) =>
  `${field} ${key} ${facts.join(' ')}`;

/** Ids of all facts that the author of a fact had seen. */
function seenBy(facts: readonly MergeFact[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const seen = new Map<string, ReadonlySet<string>>();
  const seenOf = (id: string): ReadonlySet<string> => {
    const found = seen.get(id);
    if (found) return found;
    const all = new Set<string>();
    for (const head of byId.get(id)?.heads ?? [])
      for (const each of [head, ...seenOf(head)]) all.add(each);
    seen.set(id, all);
    return all;
  };
  for (const { id } of facts) seenOf(id);
  return seen;
}

/** The pairs that need a record, looked for one by one. */
function expectedConflicts(facts: readonly MergeFact[]): readonly string[] {
  const seen = seenBy(facts);
  const pairs: string[] = [];
  for (const a of facts) {
    for (const b of facts) {
      if (a.id >= b.id) continue;
      const areConcurrent = !seen.get(a.id)?.has(b.id) && !seen.get(b.id)?.has(a.id);
      for (const { field, set, parts } of a.changes) {
        const other = b.changes.find((each) => each.field === field);
        const rule = ALL_RULES[field];
        if (!other || !rule) continue;
        if (rule.rule === 'ksum') {
          for (const [key, part] of Object.entries(parts ?? {})) {
            const twin = other.parts?.[key];
            if (!twin || twin.amount === part.amount || a.isChoice !== b.isChoice) continue;
            if (a.isChoice && !areConcurrent) continue;
            pairs.push(`${field} ${key} ${a.id} ${b.id}`);
          }
        } else if (set !== undefined && other.set !== undefined && areConcurrent) {
          const level = (state: unknown) =>
            rule.rule === 'max' ? rule.chain.findIndex((each) => each.includes(String(state))) : 0;
          const excludes = set !== other.set && level(set) === level(other.set);
          if (rule.rule === 'max' && !excludes) continue;
          pairs.push(`${field}  ${a.id} ${b.id}`);
        }
      }
    }
  }
  return pairs.sort();
}

/**
 * The laws of merging, for one history: any order, duplication and grouping, other ids, one record
 * for each pair, records that stay.
 * @returns the name of a law that does not hold.
 */
export function brokenLaw(
  merge: Merge,
  facts: readonly MergeFact[],
  rnd: Prng,
): string | undefined {
  const whole = merge(ALL_RULES, facts);
  const text = textOfMerged(whole);
  if (textOfMerged(merge(ALL_RULES, delivered(rnd, facts))) !== text) return 'order-duplication';
  const names = relabelling(facts);
  const other = merge(ALL_RULES, relabelled(facts, names));
  if (textOfMerged(other) !== textOfMerged(whole, names)) return 'relabelling';
  const found = whole.conflicts.map(named).sort();
  if (String(found) !== String(expectedConflicts(facts))) return 'one-record-per-pair';
  const some = delivered(rnd, facts).slice(0, rnd.below(facts.length));
  const all = new Set(found);
  if (!merge(ALL_RULES, some).conflicts.every((each) => all.has(named(each))))
    return 'records-stay';
  return undefined;
}

export const mergeOfProduct: Merge = (rules, facts) => mergeFacts(rules, facts);
