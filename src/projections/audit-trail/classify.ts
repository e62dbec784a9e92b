import type { AuditRule, AuditRules, Outcome, Severity } from '../../domain/kernel/audit.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf, partsOf } from '../../domain/kernel/names.ts';

const REFUSED = 'CommandRefused';

/** What the audit trail says about an event without looking at its entity. */
export interface Classified {
  readonly action: string;
  readonly resource: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
}

/** A refusal is a failure of the command that it names. */
export function classify(event: RecordedEvent, rules: AuditRules): Classified {
  const resource = resourceOf(event.stream);
  if (event.type === REFUSED) {
    const { command } = event.data as { readonly command?: unknown };
    const action = typeof command === 'string' ? command : REFUSED;
    return { action, resource, severity: 'LOW', outcome: 'FAILURE' };
  }
  const rule = rules[event.type];
  const { severity = 'INFO', outcome = 'SUCCESS', action = event.type } = rule ?? {};
  return { action, resource, severity: severityOf(event, severity), outcome };
}

function severityOf({ data }: RecordedEvent, severity: AuditRule['severity']): Severity {
  if (severity !== 'recorded') return severity;
  return (data as { readonly severity: Severity }).severity;
}

/** Whether the read model lists it. Ordinary business is read from the log instead. */
export function isNotable({
  severity,
  outcome,
}: Pick<Classified, 'severity' | 'outcome'>): boolean {
  return severity !== 'INFO' || outcome !== 'SUCCESS';
}

function resourceOf(stream: string): string {
  return [categoryOf(stream), ...partsOf(stream).parts].join('/');
}
