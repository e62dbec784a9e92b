import type { AlertRule, AlertRules } from '../../../src/domain/alerts/index.ts';
import type { Mutant } from './mutant.ts';

const withRules =
  (change: Partial<AlertRule>) =>
  (rules: AlertRules): AlertRules =>
    Object.fromEntries(
      Object.entries(rules).map(([name, rule]) => [name, { ...rule, ...change }]),
    ) as unknown as AlertRules;

/** Bugs of the alerts. */
export const alertMutants: readonly Mutant[] = [
  {
    name: 'alert-hysteresis-ignored',
    standsFor: 'an alert is resolved at the first good moment, and floods its readers',
    alertRules: withRules({ clearAfterMs: 0, maxClearAfterMs: 0 }),
  },
  {
    name: 'alert-never-resolved',
    standsFor: 'an alert stays open after its condition has ended',
    alertRules: withRules({ clearBelow: -1 }),
  },
  {
    name: 'alert-without-contact',
    standsFor: 'an alert that is not critical does not reach a contact that wants every one',
    alertContacts: (contacts) => contacts.map((each) => ({ ...each, severity: 'CRITICAL' })),
  },
];
