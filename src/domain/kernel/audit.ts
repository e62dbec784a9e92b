/** How much an action matters to a person who watches over security, rising. */
export const SEVERITIES = ['INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `FAILURE`: it was refused or denied, and changed nothing. */
export const OUTCOMES = ['SUCCESS', 'FAILURE'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How the audit trail shows events of one type. */
export interface AuditRule {
  /** `recorded`: each event holds its own, as `severity`. */
  readonly severity: Severity | 'recorded';
  /** `SUCCESS` when absent. */
  readonly outcome?: Outcome;
  /** Name of the action; the type of the event when absent. */
  readonly action?: string;
}

/** Rules by event type; an event without one is an `INFO` about a success. */
export type AuditRules = Readonly<Record<string, AuditRule>>;
