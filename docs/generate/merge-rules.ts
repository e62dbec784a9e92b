import { type FieldRule, MERGE_RULES } from '../../src/domain/sync/merge/rules.ts';
import { code, table } from './markdown.ts';

function meanwhileOf(rule: FieldRule): string {
  if (rule.rule === 'mvr') return `${rule.why} ${rule.meanwhile}`;
  if (rule.rule !== 'max') return rule.why;
  const chain = rule.chain.map((states) => states.map(code).join(' or ')).join(', ');
  return `${rule.why} ${chain}.`;
}

/** The merge rule of each field. */
export function mergeRuleTable(): string {
  const rows = Object.entries(MERGE_RULES).flatMap(([kind, fields]) =>
    Object.entries(fields).map(([field, rule]) => [
      code(kind),
      code(field),
      code(rule.rule),
      meanwhileOf(rule),
    ]),
  );
  return table(['Of', 'Field', 'Rule', 'Why'], rows);
}
