import { canonicalText } from '../../../lib/canonical-json.ts';
import { type Causality, causalityOf } from './causality.ts';
import type { Change, MergeFact, Value } from './merge-fact.ts';
import { partsConflicts, partsValue } from './parts.ts';
import { registerConflicts, registerValue } from './register.ts';
import type { FieldRule, FieldRules } from './rules.ts';
import { setValue } from './set.ts';

/** What one fact wrote about a field. */
export interface Write {
  /** Its place among the facts. */
  readonly at: number;
  readonly fact: MergeFact;
  readonly change: Change;
  /** Canonical text of the value that was set. */
  readonly text: string;
}

/**
 * - `open`: a person has to choose.
 * - `settled`: the rule of the field decided.
 * - `same`: both wrote the same.
 * - `chosen`: a later version was written by an author that had seen both.
 */
export const CONFLICT_STATES = ['open', 'settled', 'same', 'chosen'] as const;
export type ConflictState = (typeof CONFLICT_STATES)[number];

/** Two facts that wrote one field, and whose authors did not know of each other. */
export interface Conflict {
  readonly field: string;
  /** Of one part of a sum. */
  readonly key?: string;
  readonly facts: readonly [string, string];
  /** The fact whose version counts; `null`: both do, or neither. */
  readonly winner: string | null;
  readonly state: ConflictState;
}

/** An entity as all facts together say that it is. */
export interface Merged {
  readonly fields: Readonly<Record<string, Value>>;
  readonly conflicts: readonly Conflict[];
  /** Facts that no other one has seen: the next one is based on them. */
  readonly heads: readonly string[];
  /** Facts whose heads are not known yet. */
  readonly waiting: readonly string[];
}

/**
 * Merges facts about one entity. The result depends on which facts there are and on nothing else:
 * not on their order, on how often each came, on their ids or on the clocks of devices.
 */
export function mergeFacts(rules: FieldRules, facts: Iterable<MergeFact>): Merged {
  const causality = causalityOf(facts);
  const writes = writesByField(rules, causality);
  const fields: Record<string, Value> = {};
  const conflicts: Conflict[] = [];
  for (const [field, found] of writes) {
    const rule = rules[field];
    if (!rule) continue;
    const value = valueOf(rule, found, causality);
    if (value !== undefined) fields[field] = value;
    conflicts.push(...conflictsOf(rule, found, causality));
  }
  return { fields, conflicts, heads: headsOf(causality), waiting: causality.waiting };
}

function writesByField(rules: FieldRules, { facts }: Causality) {
  const byField = new Map<string, Write[]>();
  for (const [at, fact] of facts.entries()) {
    for (const change of fact.changes) {
      const { field, set } = change;
      if (!Object.hasOwn(rules, field)) continue;
      const text = set === undefined ? '' : canonicalText(set);
      const write = { at, fact, change, text };
      const found = byField.get(field);
      if (found) found.push(write);
      else byField.set(field, [write]);
    }
  }
  return byField;
}

function valueOf(rule: FieldRule, writes: readonly Write[], causality: Causality) {
  switch (rule.rule) {
    case 'awset':
      return setValue(writes);
    case 'ksum':
    case 'escrow':
      return partsValue(rule, writes, causality);
    default:
      return registerValue(rule, writes, causality);
  }
}

function conflictsOf(rule: FieldRule, writes: readonly Write[], causality: Causality) {
  switch (rule.rule) {
    case 'awset':
    case 'escrow':
      return [];
    case 'ksum':
      return partsConflicts(writes, causality);
    default:
      return registerConflicts(rule, writes, causality);
  }
}

function headsOf({ facts }: Causality): readonly string[] {
  const named = new Set(facts.flatMap(({ heads }) => heads));
  return facts.flatMap(({ id }) => (named.has(id) ? [] : [id]));
}
