import type { Causality } from './causality.ts';
import type { Conflict, ConflictState, Write } from './merge.ts';
import type { Value } from './merge-fact.ts';
import type { FieldRule } from './rules.ts';

type Max = Extract<FieldRule, { rule: 'max' }>;

/** Versions that no other one was written knowing. */
function headsOf(writes: readonly Write[], { hasSeen }: Causality): readonly Write[] {
  return writes.filter(({ at }) => !writes.some((other) => hasSeen(other.at, at)));
}

/** Versions that were written without knowing any other one. */
function rootsOf(writes: readonly Write[], { hasSeen }: Causality): readonly Write[] {
  return writes.filter(({ at }) => !writes.some((other) => hasSeen(at, other.at)));
}

/** The server had kept the one before the other can have happened, whatever clocks say. */
const isBefore = (a: Write, b: Write) => a.fact.notAfter < b.fact.notBefore;

/** The greatest text: it says nothing, and says the same everywhere. An id would follow a clock. */
const greater = (a: Write, b: Write) => (b.text > a.text ? b : a);

function lastOf(writes: readonly Write[]): Write | undefined {
  const [first, ...others] = writes.filter((each) => !writes.some((b) => isBefore(each, b)));
  return first && others.reduce(greater, first);
}

const levelOf = ({ chain }: Max, { change }: Write) =>
  chain.findIndex((states) => states.some((state) => state === change.set));

function mostAdvanced(rule: Max, writes: readonly Write[]): readonly Write[] {
  const top = Math.max(...writes.map((each) => levelOf(rule, each)));
  return writes.filter((each) => levelOf(rule, each) === top);
}

/** The versions that count now. */
function standing(
  rule: FieldRule,
  writes: readonly Write[],
  causality: Causality,
): readonly Write[] {
  switch (rule.rule) {
    case 'max':
      return headsOf(mostAdvanced(rule, writes), causality);
    case 'mvr':
      return headsOf(writes, causality);
    case 'owner':
      return withoutUndefined(lastOf(rootsOf(writes, causality)));
    case 'server_wins': {
      const own = writes.filter(({ fact }) => fact.isServer);
      return withoutUndefined(lastOf(headsOf(own, causality)));
    }
    default:
      return withoutUndefined(lastOf(headsOf(writes, causality)));
  }
}

const withoutUndefined = (write: Write | undefined) => (write ? [write] : []);

/** The value of a field that is written as a whole; several that stand are a list. */
export function registerValue(
  rule: FieldRule,
  all: readonly Write[],
  causality: Causality,
): Value | undefined {
  const writes = all.filter(({ change }) => change.set !== undefined);
  const byText = new Map(standing(rule, writes, causality).map((each) => [each.text, each]));
  const values = [...byText.keys()].sort().map((text) => byText.get(text)?.change.set ?? null);
  if (values.length < 2) return values[0];
  if (rule.rule !== 'mvr' || rule.shown === 'all') return values;
  if (rule.shown === 'no-first') return !values.includes(false);
  return Math.max(...values.map(Number));
}

/** Each pair of versions whose authors did not know of each other. */
export function registerConflicts(
  rule: FieldRule,
  all: readonly Write[],
  causality: Causality,
): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  const writes = all.filter(({ change }) => change.set !== undefined);
  for (const [i, a] of writes.entries()) {
    for (const b of writes.slice(i + 1)) {
      if (!causality.areConcurrent(a.at, b.at)) continue;
      if (rule.rule === 'max' && !excludeOneAnother(rule, a, b)) continue;
      const state = stateOf(rule, a.text === b.text, isChosen(rule, [a, b], writes, causality));
      const winner = winnerOf(rule, a, b)?.fact.id ?? null;
      conflicts.push({ field: a.change.field, facts: pairOf(a, b), winner, state });
    }
  }
  return conflicts;
}

/** A later version was written by an author that had seen both; a chain does not go down by it. */
function isChosen(
  rule: FieldRule,
  [a, b]: readonly [Write, Write],
  writes: readonly Write[],
  { hasSeen }: Causality,
): boolean {
  return writes.some((each) => {
    if (!hasSeen(each.at, a.at) || !hasSeen(each.at, b.at)) return false;
    return rule.rule !== 'max' || levelOf(rule, each) >= levelOf(rule, a);
  });
}

/** The ids of two facts, in an order that does not depend on which came first. */
export function pairOf({ fact: a }: Write, { fact: b }: Write): readonly [string, string] {
  return a.id < b.id ? [a.id, b.id] : [b.id, a.id];
}

const excludeOneAnother = (rule: Max, a: Write, b: Write) =>
  a.text !== b.text && levelOf(rule, a) === levelOf(rule, b);

function stateOf(rule: FieldRule, isSame: boolean, wasChosen: boolean): ConflictState {
  if (isSame) return 'same';
  if (wasChosen) return 'chosen';
  return rule.rule === 'mvr' || rule.rule === 'max' ? 'open' : 'settled';
}

function winnerOf(rule: FieldRule, a: Write, b: Write): Write | undefined {
  if (a.text === b.text || rule.rule === 'mvr' || rule.rule === 'max') return undefined;
  if (rule.rule === 'server_wins') {
    const own = [a, b].filter(({ fact }) => fact.isServer);
    return own.length === 1 ? own[0] : undefined;
  }
  return lastOf([a, b]);
}
