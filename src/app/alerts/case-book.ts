import { type AlertRuleName, type AlertState, isOpen } from '../../domain/alerts/index.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { type AlertCase, caseKey, MAX_CASES, recentAmong } from './alert-cases.ts';
import type { Condition } from './conditions.ts';
import type { StoredAlert } from './stored-alerts.ts';

const NOTHING_SEEN = { breaches: 0, clears: 0, open: undefined, missed: undefined };

/** The cases that this instance follows, in memory. */
export interface CaseBook {
  find(condition: Condition): AlertCase | undefined;
  /** False when there are too many cases for another one; that is logged. */
  hasRoomFor(condition: Condition): boolean;
  put(known: AlertCase): void;
  /** What the log holds after a command. */
  recorded(known: AlertCase, state: AlertState, nowMs: number): void;
  /** Takes over the stored alerts: what people did, and what other instances did. */
  adopt(stored: readonly StoredAlert[]): void;
  /** Begins to count again: another instance may have changed everything meanwhile. */
  forgetCounts(): void;
  /**
   * Conditions of value 0 for cases without anything to count any more, of the rules whose
   * conditions are all among those given.
   */
  endedSince(
    conditions: readonly Condition[],
    complete: ReadonlySet<AlertRuleName>,
  ): readonly Condition[];
}

const keyOf = ({ storeId, rule, subject }: Omit<Condition, 'value' | 'detail'>) =>
  caseKey(storeId, rule, subject);

export function createCaseBook(metrics: Metrics, logger: Logger): CaseBook {
  const cases = new Map<string, AlertCase>();
  measureActive(metrics, cases);

  function hasRoomFor(condition: Condition): boolean {
    if (cases.size < MAX_CASES || cases.has(keyOf(condition))) return true;
    const { rule, subject } = condition;
    logger.warn({ rule, subject, limit: MAX_CASES }, 'too many alert conditions to follow');
    return false;
  }

  return {
    find: (condition) => cases.get(keyOf(condition)),
    hasRoomFor,
    put: (known) => void cases.set(keyOf(known.condition), known),
    recorded(known, state, nowMs) {
      const open = isOpen(state)
        ? {
            raisedAtMs: Date.parse(state.raisedAt),
            recentRaises: recentAmong(state.recentRaises, nowMs),
            acknowledged: state.status === 'acknowledged',
            level: state.level,
          }
        : undefined;
      const clears = known.open ? known.clears : 0;
      cases.set(keyOf(known.condition), { ...known, clears, open, missed: undefined });
    },
    adopt(stored) {
      const openKeys = new Set<string>();
      for (const alert of stored) {
        const { storeId, rule, subject, raisedAtMs, acknowledged, level } = alert;
        const condition = { rule, storeId, subject, value: undefined, detail: '' };
        const known = cases.get(keyOf(alert)) ?? { ...NOTHING_SEEN, condition };
        const recentRaises = known.open?.recentRaises ?? 1;
        const open = { raisedAtMs, acknowledged, level, recentRaises };
        openKeys.add(keyOf(alert));
        // What was clear before it was raised does not count.
        const clears = known.open ? known.clears : 0;
        if (hasRoomFor(condition)) cases.set(keyOf(alert), { ...known, clears, open });
      }
      // Closed by a person: it is raised again if its condition lasts.
      for (const [key, known] of cases) {
        if (known.open && !openKeys.has(key)) cases.set(key, { ...known, open: undefined });
      }
    },
    forgetCounts() {
      for (const [key, known] of cases) cases.set(key, { ...known, breaches: 0, clears: 0 });
    },
    endedSince(conditions, complete) {
      const listed = new Set(conditions.map(keyOf));
      const absent = [...cases].filter(
        ([key, { condition }]) => complete.has(condition.rule) && !listed.has(key),
      );
      for (const [key, { open, missed }] of absent) if (!open && !missed) cases.delete(key);
      return absent.map(([, { condition }]) => ({ ...condition, value: 0 }));
    },
  };
}

function measureActive(metrics: Metrics, cases: ReadonlyMap<string, AlertCase>): void {
  metrics.onScrape(() => {
    metrics.reset('alerts_active');
    const active = new Map<string, number>();
    for (const { condition, open } of cases.values()) {
      if (open) active.set(condition.rule, (active.get(condition.rule) ?? 0) + 1);
    }
    for (const [rule, count] of active) metrics.set('alerts_active', { rule }, count);
  });
}
