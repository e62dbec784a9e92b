import { type AlertRule, type AlertRuleName, type AlertRules } from '../../domain/alerts/index.ts';
import { OBSERVE_EVERY_MS } from '../observation/observer.ts';
import type { Condition } from './conditions.ts';

/** Conditions that are followed at once; further ones are not, which is logged. */
export const MAX_CASES = 2_000;
const DAY_MS = 24 * 3_600_000;

/** What an instance knows of the alert of one rule and one subject. */
export interface AlertCase {
  readonly condition: Condition;
  /** Observations in a row at or above the threshold. */
  readonly breaches: number;
  /** Observations in a row below `clearBelow`. */
  readonly clears: number;
  /** Set while the log holds an open alert, as far as this instance knows. */
  readonly open: OpenAlert | undefined;
  /** A raise that the log did not store: it is recorded later, even if its condition has ended. */
  readonly missed: Condition | undefined;
}

export interface OpenAlert {
  readonly raisedAtMs: number;
  /** Raises within the last day: how often it came back. */
  readonly recentRaises: number;
  readonly acknowledged: boolean;
  readonly level: number;
}

export type NextStep = 'raise' | 'clear' | 'escalate' | 'none';

/** Observations are counted, not the time between them: a clock may be set back. */
const observationsIn = (ms: number) => Math.ceil(ms / OBSERVE_EVERY_MS);

/** Judges one more observation. */
export function observeCase(
  before: AlertCase | undefined,
  condition: Condition,
  rules: AlertRules,
): AlertCase {
  const { breaches = 0, clears = 0, open, missed } = before ?? {};
  const { value } = condition;
  if (value === undefined) return { condition, breaches, clears, open, missed };
  const { threshold, clearBelow } = rules[condition.rule];
  return {
    condition,
    breaches: value >= threshold ? breaches + 1 : 0,
    clears: value < clearBelow ? clears + 1 : 0,
    open,
    missed,
  };
}

/** What the alert of this case needs now. */
export function nextStep(
  { condition, breaches, clears, open, missed }: AlertCase,
  rules: AlertRules,
  nowMs: number,
): NextStep {
  const rule: AlertRule = rules[condition.rule];
  if (!open && missed) return 'raise';
  if (!open) return breaches > observationsIn(rule.raiseAfterMs) ? 'raise' : 'none';
  if (clears > observationsIn(clearAfterMs(rule, open))) return 'clear';
  if (open.acknowledged) return 'none';
  const dueMs = rule.escalateAfterMs[open.level];
  return dueMs !== undefined && nowMs - open.raisedAtMs >= dueMs ? 'escalate' : 'none';
}

/** Twice as long with each time that it was raised within a day: no flood from one that flaps. */
function clearAfterMs(rule: AlertRule, { recentRaises }: OpenAlert): number {
  const longer = rule.clearAfterMs * 2 ** Math.max(0, recentRaises - 1);
  return Math.max(rule.clearAfterMs, Math.min(longer, rule.maxClearAfterMs));
}

/** How many of the raises are of the last day. */
export function recentAmong(raises: readonly string[], nowMs: number): number {
  return raises.filter((at) => Date.parse(at) > nowMs - DAY_MS).length;
}

export function caseKey(storeId: string, rule: AlertRuleName, subject: string): string {
  return `${storeId}/${rule}/${subject}`;
}
