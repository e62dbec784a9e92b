import fc from 'fast-check';

import {
  type AlertCase,
  nextStep,
  observeCase,
  type OpenAlert,
} from '../../../src/app/alerts/alert-cases.ts';
import type { Condition } from '../../../src/app/alerts/conditions.ts';
import { OBSERVE_EVERY_MS } from '../../../src/app/observation/observer.ts';
import { ALERT_RULES } from '../../../src/domain/alerts/index.ts';

const NOW = Date.UTC(2026, 0, 1);
const lagging = (value: number | undefined): Condition => ({
  rule: 'projection-lag',
  storeId: 'system',
  subject: 'orders',
  value,
  detail: '',
});
const open: OpenAlert = { raisedAtMs: NOW, recentRaises: 1, acknowledged: false, level: 0 };
const { threshold, clearBelow, raiseAfterMs, clearAfterMs } = ALERT_RULES['projection-lag'];
const inBetween = (threshold + clearBelow) / 2;

function after(values: readonly (number | undefined)[], opened?: OpenAlert): AlertCase {
  let known: AlertCase = {
    condition: lagging(0),
    breaches: 0,
    clears: 0,
    open: opened,
    missed: undefined,
  };
  for (const value of values) known = observeCase(known, lagging(value), ALERT_RULES);
  return known;
}
const step = (known: AlertCase, nowMs = NOW) => nextStep(known, ALERT_RULES, nowMs);
const times = (count: number, value: number | undefined) =>
  Array.from({ length: count }, () => value);

describe('A case', () => {
  const raiseCount = raiseAfterMs / OBSERVE_EVERY_MS + 1;
  const clearCount = clearAfterMs / OBSERVE_EVERY_MS + 1;

  it('is raised once its value has lasted long enough', () => {
    expect(step(after(times(raiseCount - 1, threshold)))).toBe('none');
    expect(step(after(times(raiseCount, threshold)))).toBe('raise');
  });

  it('is not raised by a value that falls in between', () => {
    const values = [...times(raiseCount - 1, threshold), inBetween, threshold];
    expect(step(after(values))).toBe('none');
  });

  it('stays open while its value swings around the threshold', () => {
    const swinging = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? threshold : inBetween));
    expect(step(after(swinging, open))).toBe('none');
  });

  it('is cleared once its value was low for long enough', () => {
    expect(step(after(times(clearCount - 1, 0), open))).toBe('none');
    expect(step(after(times(clearCount, 0), open))).toBe('clear');
    expect(step(after([...times(clearCount - 1, 0), inBetween, 0], open))).toBe('none');
  });

  it('is neither raised nor cleared by what is unknown', () => {
    expect(step(after([...times(raiseCount - 1, threshold), ...times(9, undefined)]))).toBe('none');
    expect(step(after(times(99, undefined), open))).toBe('none');
  });

  it('is kept open longer each time that it comes back', () => {
    const flapping = { ...open, recentRaises: 3 };
    expect(step(after(times(clearCount * 3, 0), flapping))).toBe('none');
    expect(step(after(times(clearCount * 4, 0), flapping))).toBe('clear');
  });

  it('is escalated at each of its times, unless a person takes care', () => {
    const [first = 0] = ALERT_RULES['projection-lag'].escalateAfterMs;
    const known = after([threshold], open);
    expect(step(known, NOW + first - 1)).toBe('none');
    expect(step(known, NOW + first)).toBe('escalate');
    expect(step(after([threshold], { ...open, level: 1 }), NOW + first)).toBe('none');
    expect(step(after([threshold], { ...open, acknowledged: true }), NOW + first)).toBe('none');
  });

  it('is raised late when the log did not store it, even if its condition has ended', () => {
    const missed = { ...after([0]), missed: lagging(threshold) };
    expect(step(missed)).toBe('raise');
  });

  it('changes at most once within its time to clear, whatever is measured', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 * threshold }), { maxLength: 200 }), (values) => {
        let known: AlertCase | undefined;
        const changes: { at: number; step: string }[] = [];
        values.forEach((value, at) => {
          known = observeCase(known, lagging(value), ALERT_RULES);
          const next = nextStep(known, ALERT_RULES, NOW);
          if (next !== 'raise' && next !== 'clear') return;
          changes.push({ at, step: next });
          known = { ...known, open: next === 'raise' ? open : undefined };
        });
        changes.slice(1).forEach((change, i) => {
          const before = changes[i];
          expect(change.step).not.toBe(before?.step);
          expect(change.at - (before?.at ?? 0)).toBeGreaterThanOrEqual(
            Math.min(raiseCount, clearCount) - 1,
          );
        });
      }),
    );
  });
});
