import type { Causality } from './causality.ts';
import type { Conflict, Write } from './merge.ts';
import type { Part, Value } from './merge-fact.ts';
import { pairOf } from './register.ts';
import type { FieldRule } from './rules.ts';

interface KeyedWrite extends Write {
  readonly part: Part;
}

const textOf = ({ of = '', amount }: Part) => `${amount} ${of}`;

function byKey(writes: readonly Write[]): ReadonlyMap<string, readonly KeyedWrite[]> {
  const found = new Map<string, KeyedWrite[]>();
  for (const write of writes) {
    for (const [key, part] of Object.entries(write.change.parts ?? {})) {
      const others = found.get(key) ?? [];
      found.set(key, [...others, { ...write, part, text: textOf(part) }]);
    }
  }
  return found;
}

/** What a part says: all facts with its key agree, or a person has chosen; else it is disputed. */
function agreed(writes: readonly KeyedWrite[], { hasSeen }: Causality): Part | undefined {
  const choices = writes.filter(({ fact }) => fact.isChoice);
  const last = choices.filter(({ at }) => !choices.some((other) => hasSeen(other.at, at)));
  const [first, ...others] = last.length > 0 ? last : writes;
  return first && others.every(({ text }) => text === first.text) ? first.part : undefined;
}

/** Sums of parts; what is disputed is left out of them, and listed. */
export function partsValue(
  { rule }: FieldRule,
  writes: readonly Write[],
  causality: Causality,
): Value {
  const sums: Record<string, number> = {};
  const disputed: string[] = [];
  for (const [key, found] of byKey(writes)) {
    if (rule === 'escrow') {
      sums[key] = Math.max(...found.map(({ part }) => part.amount));
      continue;
    }
    const part = agreed(found, causality);
    if (!part) disputed.push(key);
    else sums[part.of ?? ''] = (sums[part.of ?? ''] ?? 0) + part.amount;
  }
  return disputed.length === 0 ? { sums } : { sums, disputed: disputed.sort() };
}

/** Facts that say different things under one key: what one act moved cannot be two amounts. */
export function partsConflicts(
  writes: readonly Write[],
  causality: Causality,
): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  for (const [key, found] of byKey(writes)) {
    const versions = found.filter(({ fact }) => !fact.isChoice);
    const choices = found.filter(({ fact }) => fact.isChoice);
    for (const some of [versions, choices]) {
      conflicts.push(...pairsOf(key, some, choices, causality));
    }
  }
  return conflicts;
}

function pairsOf(
  key: string,
  versions: readonly KeyedWrite[],
  choices: readonly KeyedWrite[],
  { hasSeen }: Causality,
): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  for (const [i, a] of versions.entries()) {
    for (const b of versions.slice(i + 1)) {
      const isLater = a.fact.isChoice && (hasSeen(a.at, b.at) || hasSeen(b.at, a.at));
      if (a.text === b.text || isLater) continue;
      const isChosen = choices.some(({ at }) => hasSeen(at, a.at) && hasSeen(at, b.at));
      conflicts.push({
        ...{ field: a.change.field, key, facts: pairOf(a, b), winner: null },
        state: isChosen ? 'chosen' : 'open',
      });
    }
  }
  return conflicts;
}
