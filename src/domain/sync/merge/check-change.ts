import type { Change, Value } from './merge-fact.ts';
import type { FieldRule, FieldRules } from './rules.ts';
import { rulesOf } from './rules.ts';

/** Largest amount of one part: sums of all parts stay whole. */
export const MAX_AMOUNT = 100_000_000_000;
const MAX_TEXT = 1_000;
const MAX_OBJECT_BYTES = 8_000;

/** Why a change is none of its field. */
export interface ChangeProblem {
  readonly code: 'invalid_fact' | 'server_decides';
  readonly detail: string;
}

/** What is wrong with changes of an entity by a device; undefined: nothing. */
export function problemOfChanges(
  entity: string,
  changes: readonly Change[],
): ChangeProblem | undefined {
  const rules = rulesOf(entity);
  if (!rules) return invalid(`expected an entity that is merged, found ${entity}`);
  const fields = new Set<string>();
  for (const change of changes) {
    const { field } = change;
    if (fields.has(field)) return invalid(`expected each field once, found ${field} twice`);
    fields.add(field);
    const problem = problemOf(rules, change);
    if (problem) return problem;
  }
  return undefined;
}

function problemOf(rules: FieldRules, change: Change): ChangeProblem | undefined {
  const { field } = change;
  const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
  if (!rule) return invalid(`expected a field of the entity, found ${field}`);
  if (rule.rule === 'server_wins') {
    return { code: 'server_decides', detail: `only the server sets ${rule.label}` };
  }
  const [expected, isRight] = formOf(rule, change);
  return isRight ? undefined : invalid(`expected ${expected} for ${field}`);
}

const invalid = (detail: string): ChangeProblem => ({ code: 'invalid_fact', detail });

function formOf(rule: FieldRule, change: Change): readonly [expected: string, isRight: boolean] {
  const { set, add, remove, parts } = change;
  switch (rule.rule) {
    case 'awset': {
      const isSet = (add ?? remove) !== undefined && set === undefined && parts === undefined;
      return ['elements to add or remove', isSet && (add ?? []).every((each) => fits(rule, each))];
    }
    case 'ksum':
    case 'escrow': {
      const isSum = parts !== undefined && set === undefined && !add && !remove;
      const isWhole = Object.values(parts ?? {}).every(({ amount }) => isAmount(amount));
      return ['parts with whole amounts', isSum && isWhole];
    }
    default: {
      const isWhole = set !== undefined && parts === undefined && !add && !remove;
      return [wordsOf(rule), isWhole && fits(rule, set)];
    }
  }
}

const isAmount = (value: unknown) =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= MAX_AMOUNT;

function fits(rule: FieldRule, value: Value): boolean {
  if (rule.rule === 'max') return typeof value === 'string' && rule.chain.flat().includes(value);
  switch (rule.kind) {
    case 'count':
      return isAmount(value);
    case 'yes-no':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string' && value.length <= MAX_TEXT;
    case 'name':
      return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
    case 'object':
      return JSON.stringify(value).length <= MAX_OBJECT_BYTES;
  }
}

function wordsOf(rule: FieldRule): string {
  if (rule.rule === 'max') return `one of ${rule.chain.flat().join(', ')}`;
  const words = { count: 'a whole number', 'yes-no': 'true or false', text: 'a text' } as const;
  return rule.kind in words ? words[rule.kind as keyof typeof words] : 'a value';
}
