import { ALERT_RULES, alertDecider, type AlertEvent } from '../../../src/domain/alerts/index.ts';
import { MAX_RECENT_RAISES } from '../../../src/domain/alerts/state.ts';
import { CONTEXT, fold, given } from '../../support/decider.ts';

const alertId = CONTEXT.entityId;
const about = {
  rule: 'disk-low',
  subject: 'node-1',
  title: 'The disk is nearly full',
  severity: 'CRITICAL' as const,
  value: 95,
  threshold: 90,
  unit: '% in use',
  detail: '12 MiB are free',
  runbook: 'disk-full.md',
};
const raise = { type: 'RaiseAlert' as const, data: about };
const raised = (occurrence = 1): AlertEvent => ({
  type: 'AlertRaised',
  data: { alertId, ...about, raisedAt: CONTEXT.now, occurrence },
});
const acknowledged: AlertEvent = {
  type: 'AlertAcknowledged',
  data: { alertId, note: 'on it', acknowledgedAt: CONTEXT.now },
};
const cleared: AlertEvent = {
  type: 'AlertResolved',
  data: { alertId, reason: 'cleared', resolvedAt: CONTEXT.now },
};
const escalated = (level: number): AlertEvent => ({
  type: 'AlertEscalated',
  data: { alertId, severity: 'CRITICAL', level, escalatedAt: CONTEXT.now },
});

describe('An alert', () => {
  it('is raised once, however often its condition is observed', () => {
    given(alertDecider, []).when(raise).then([raised()]);
    given(alertDecider, [raised()]).when(raise).then([]);
    given(alertDecider, [raised(), acknowledged]).when(raise).then([]);
  });

  it('is raised again after it was resolved, and counts how often', () => {
    given(alertDecider, [raised(), cleared])
      .when(raise)
      .then([raised(2)]);
  });

  it('is acknowledged by a person once', () => {
    const acknowledge = { type: 'AcknowledgeAlert' as const, data: { note: 'on it' } };
    given(alertDecider, [raised()]).when(acknowledge).then([acknowledged]);
    given(alertDecider, [raised(), acknowledged]).when(acknowledge).then([]);
    given(alertDecider, [raised(), cleared]).when(acknowledge).thenRefused('alert_not_open');
    given(alertDecider, []).when(acknowledge).thenRefused('alert_not_found');
  });

  it('is cleared once', () => {
    const clear = { type: 'ClearAlert' as const, data: {} };
    given(alertDecider, [raised()]).when(clear).then([cleared]);
    given(alertDecider, [raised(), acknowledged]).when(clear).then([cleared]);
    given(alertDecider, [raised(), cleared]).when(clear).then([]);
  });

  it('is closed by a person, with a note', () => {
    const close = { type: 'ResolveAlert' as const, data: { note: 'server removed' } };
    const resolvedAt = CONTEXT.now;
    given(alertDecider, [raised()])
      .when(close)
      .then([
        {
          type: 'AlertResolved',
          data: { alertId, reason: 'by-hand', note: 'server removed', resolvedAt },
        },
      ]);
    given(alertDecider, [raised(), cleared]).when(close).thenRefused('alert_not_open');
  });

  it('is escalated level by level until a person acknowledges it', () => {
    const to = (level: number) => ({ type: 'EscalateAlert' as const, data: { level } });
    given(alertDecider, [raised()])
      .when(to(1))
      .then([escalated(1)]);
    given(alertDecider, [raised(), escalated(1)])
      .when(to(1))
      .then([]);
    given(alertDecider, [raised(), escalated(1)])
      .when(to(2))
      .then([escalated(2)]);
    given(alertDecider, [raised(), acknowledged]).when(to(1)).then([]);
    given(alertDecider, [raised(), cleared]).when(to(1)).then([]);
  });

  it('begins with no escalation when it comes back, and remembers a few raises only', () => {
    const cycles = Array.from({ length: MAX_RECENT_RAISES + 3 }, (_, i) => [
      raised(i + 1),
      escalated(1),
      cleared,
    ]).flat();

    const state = fold(alertDecider, [...cycles, raised(99)]);

    expect(state).toMatchObject({ status: 'open', level: 0, occurrence: 99 });
    expect(state).toHaveProperty('recentRaises.length', MAX_RECENT_RAISES);
  });
});

describe('The alert rules', () => {
  it.each(Object.entries(ALERT_RULES))('have a hysteresis that makes sense: %s', (_name, rule) => {
    expect(rule.clearBelow).toBeLessThanOrEqual(rule.threshold);
    expect(rule.clearAfterMs).toBeGreaterThanOrEqual(60_000);
    expect(rule.escalateAfterMs).toEqual([...rule.escalateAfterMs].sort((a, b) => a - b));
  });
});
