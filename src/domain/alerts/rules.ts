import type { Severity } from './events.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** When an alert is raised and resolved, as data. */
export interface AlertRule {
  readonly title: string;
  readonly severity: Severity;
  /** What the measured value counts. */
  readonly unit: string;
  /** Raised from this value on. */
  readonly threshold: number;
  /** Resolved below this value only, so that one that swings around the threshold stays open. */
  readonly clearBelow: number;
  /** The value must have lasted this long before the alert is raised. */
  readonly raiseAfterMs: number;
  /** It must have been below `clearBelow` for this long before the alert is resolved. */
  readonly clearAfterMs: number;
  /** An alert that comes back is kept open twice as long each time, up to this. */
  readonly maxClearAfterMs: number;
  /** Times since it was raised at which an alert without acknowledgement is escalated. */
  readonly escalateAfterMs: readonly number[];
  /** The page of the documentation that helps. */
  readonly runbook: string;
}

const MAX_CLEAR_AFTER_MS = 6 * 60 * MINUTE_MS;
const URGENT = [15 * MINUTE_MS, 60 * MINUTE_MS];
const DAILY = [24 * 60 * MINUTE_MS];

const rule = (
  severity: Severity,
  title: string,
  [unit, threshold, clearBelow]: readonly [string, number, number],
  [raiseAfterMs, clearAfterMs]: readonly [number, number],
  runbook: string,
): AlertRule => ({
  ...{ title, severity, unit, threshold, clearBelow, raiseAfterMs, clearAfterMs, runbook },
  maxClearAfterMs: MAX_CLEAR_AFTER_MS,
  escalateAfterMs: severity === 'HIGH' || severity === 'CRITICAL' ? URGENT : DAILY,
});

/** A condition that is either there or not. */
const IS_SO = ['yes or no', 1, 1] as const;
const AT_ONCE = [0, MINUTE_MS] as const;

/** Every alert rule of the product. */
export const ALERT_RULES = {
  'log-append-failing': rule(
    'CRITICAL',
    'The event log stores no events',
    IS_SO,
    AT_ONCE,
    'disk-full.md',
  ),
  'disk-low': rule(
    'CRITICAL',
    'The disk of the data folder is nearly full',
    ['% in use', 90, 85],
    [30 * SECOND_MS, MINUTE_MS],
    'disk-full.md',
  ),
  'dependency-down': rule(
    'HIGH',
    'A dependency does not respond',
    IS_SO,
    [30 * SECOND_MS, MINUTE_MS],
    'store-down.md',
  ),
  'projection-blocked': rule(
    'HIGH',
    'A read model is blocked at an event',
    IS_SO,
    AT_ONCE,
    'blocked-projection.md',
  ),
  'projection-failing': rule(
    'HIGH',
    'A read model cannot be updated',
    IS_SO,
    [30 * SECOND_MS, MINUTE_MS],
    'projection-behind.md',
  ),
  'projection-gap': rule(
    'HIGH',
    'Documents did not match the log',
    ['gaps found', 1, 1],
    [0, 10 * MINUTE_MS],
    'gap.md',
  ),
  'projection-lag': rule(
    'MEDIUM',
    'A read model is behind the log',
    ['s behind', 60, 10],
    [60 * SECOND_MS, MINUTE_MS],
    'projection-behind.md',
  ),
  'process-stuck': rule(
    'HIGH',
    'A process makes no progress',
    IS_SO,
    [30 * SECOND_MS, MINUTE_MS],
    'projection-behind.md',
  ),
  'process-lag': rule(
    'MEDIUM',
    'A process is behind the log',
    ['s behind', 60, 10],
    [60 * SECOND_MS, MINUTE_MS],
    'projection-behind.md',
  ),
  'many-restarts': rule(
    'HIGH',
    'The instance was started many times within an hour',
    ['starts', 5, 3],
    [0, MINUTE_MS],
    'start-and-stop.md',
  ),
  'denied-requests': rule(
    'MEDIUM',
    'Many requests were denied within five minutes',
    ['denied requests', 100, 50],
    [0, 5 * MINUTE_MS],
    'alerts.md',
  ),
  'deliveries-parked': rule(
    'MEDIUM',
    'Deliveries wait for a decision',
    ['parked deliveries', 1, 1],
    AT_ONCE,
    'parked-deliveries.md',
  ),
  'negative-stock': rule(
    'MEDIUM',
    'More of a product was taken than there was',
    ['units missing', 1, 1],
    AT_ONCE,
    'alerts.md',
  ),
  'credit-limit-breached': rule(
    'MEDIUM',
    'A customer owes more than the limit allows',
    ['minor units over the limit', 1, 1],
    AT_ONCE,
    'alerts.md',
  ),
  'payment-notices-missing': rule(
    'HIGH',
    'Payments wait, and the provider sends no notices',
    ['s of silence', 900, 900],
    AT_ONCE,
    'alerts.md',
  ),
  'circuit-breaker-open': rule(
    'HIGH',
    'Calls to a provider are held back, because it fails',
    IS_SO,
    AT_ONCE,
    'alerts.md',
  ),
  'webhooks-parked': rule(
    'MEDIUM',
    'Webhooks of providers wait for a decision',
    ['parked webhooks', 1, 1],
    AT_ONCE,
    'alerts.md',
  ),
  'integration-refused': rule(
    'HIGH',
    'A provider does not accept the access that it was asked with',
    IS_SO,
    AT_ONCE,
    'alerts.md',
  ),
  'integration-unhealthy': rule(
    'HIGH',
    'The exchange with a provider does not work',
    IS_SO,
    [5 * MINUTE_MS, MINUTE_MS],
    'alerts.md',
  ),
  'provider-reads-low': rule(
    'HIGH',
    'The reads that a provider grants for a month are nearly used up',
    ['% used', 80, 80],
    AT_ONCE,
    'alerts.md',
  ),
  'webhook-subscription-paused': rule(
    'HIGH',
    'A system of a shop gets no more events',
    IS_SO,
    AT_ONCE,
    'alerts.md',
  ),
  'severe-audit-record': rule(
    'HIGH',
    'The audit trail has severe records',
    ['records within an hour', 1, 1],
    AT_ONCE,
    'alerts.md',
  ),
  'heap-growing': rule(
    'LOW',
    'The memory of the instance grows steadily',
    ['MiB per hour', 64, 32],
    [30 * MINUTE_MS, 10 * MINUTE_MS],
    'alerts.md',
  ),
} as const satisfies Record<string, AlertRule>;

export type AlertRuleName = keyof typeof ALERT_RULES;
export type AlertRules = Readonly<Record<AlertRuleName, AlertRule>>;

/** The one alert of a rule and a subject: its id. */
export function alertIdOf(rule: AlertRuleName, subject: string): string {
  return `${rule}:${subject}`;
}
