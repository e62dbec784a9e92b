import { readFileSync } from 'node:fs';

import {
  type MetricDefinition,
  METRICS,
  RUNTIME_METRICS,
} from '../../src/ports/metric-definitions.ts';

/** Names that Prometheus makes itself, functions and words of its language, and units. */
const LANGUAGE = new Set(
  (
    'up absent or and unless by without on job sum rate increase le histogram_quantile severity ' +
    'm h s'
  ).split(' '),
);
const RULES = 'ops/monitoring/prometheus-rules.yml';
const DASHBOARD = 'ops/monitoring/grafana-dashboard.json';
const definitions: Readonly<Record<string, MetricDefinition>> = METRICS;

function isKnown(name: string): boolean {
  const base = name.replace(/_(bucket|count|sum)$/, '');
  const isHistogram =
    definitions[base]?.type === 'histogram' || base === 'nodejs_gc_duration_seconds';
  return name in METRICS || name in RUNTIME_METRICS || (name !== base && isHistogram);
}

/** Names in an expression that are neither metrics nor the language, nor labels in braces. */
function unknownIn(expression: string): readonly string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '""')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\bby\s*\([^)]*\)/g, '');
  const names = bare.match(/[a-z_][a-z0-9_]*/gi) ?? [];
  return names.filter((name) => !LANGUAGE.has(name) && !isKnown(name));
}

const rules = readFileSync(RULES, 'utf8');
const ruleExpressions = [...rules.matchAll(/expr: (?:>-\s*)?(.+(?:\n {10}.+)*)/g)].map(
  ([, expression = '']) => expression.replace(/\s+/g, ' ').replace(/ for: .*/, ''),
);

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}
const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;

describe('The files for monitoring', () => {
  it('alert on metrics that exist', () => {
    expect(ruleExpressions.length).toBe(rules.match(/- alert:/g)?.length);
    expect(ruleExpressions.flatMap(unknownIn)).toEqual([]);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'draw metrics that exist: %s',
    (_title, panel) => {
      expect(panel.targets.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    },
  );

  it('would be found out with a name that does not exist', () => {
    expect(unknownIn('rate(orders_forgotten_total[5m]) > 1')).toEqual(['orders_forgotten_total']);
    expect(unknownIn('events_appended_total_bucket')).toEqual(['events_appended_total_bucket']);
  });
});
