import { fitLine, type Point } from './line.ts';
import { METRIC_NAMES, type MetricName, METRICS, type Sample } from './metrics.ts';

const HOUR_MS = 3_600_000;
/**
 * Samples that follow one another are alike, and would make a line seem surer than it is: the line
 * is fitted to the means of so many stretches.
 */
const STRETCHES = 12;
/** A slope fails when it is above its limit even after so many of its standard errors. */
const SURE = 2;

/** How one metric went. */
export interface Finding {
  readonly metric: MetricName;
  readonly first: number;
  readonly last: number;
  readonly highest: number;
  readonly perHour: number;
  readonly errorPerHour: number;
  /** By how much it rises faster than it may, as far as that is sure; 0 when it does not. */
  readonly excessPerHour: number;
}

/** Fits a line to each metric. `first` and `last` are of the line, not of single samples. */
export function findingsOf(samples: readonly Sample[]): Finding[] {
  return METRIC_NAMES.map((metric) => {
    const points = samples.map(({ atMs, values }) => ({ x: atMs / HOUR_MS, y: values[metric] }));
    const { slope, intercept, slopeError } = fitLine(meansOf(points));
    const surely = slope - SURE * slopeError;
    return {
      metric,
      first: intercept + slope * (points[0]?.x ?? 0),
      last: intercept + slope * (points.at(-1)?.x ?? 0),
      highest: Math.max(...points.map(({ y }) => y)),
      perHour: slope,
      errorPerHour: slopeError,
      excessPerHour: Math.max(0, surely - METRICS[metric].mostPerHour),
    };
  });
}

function meansOf(points: readonly Point[]): readonly Point[] {
  const length = Math.ceil(points.length / STRETCHES);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array.from({ length: Math.ceil(points.length / length) }, (_, i) => {
    const stretch = points.slice(i * length, (i + 1) * length);
    return { x: mean(stretch.map(({ x }) => x)), y: mean(stretch.map(({ y }) => y)) };
  });
}

/** What is wrong, one sentence for each metric that rises too fast. */
export function complaintsOf(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ excessPerHour }) => excessPerHour > 0)
    .map(({ metric, perHour, errorPerHour, excessPerHour }) => {
      const { title, unit, mostPerHour } = METRICS[metric];
      const of = unit === '' ? '' : ` ${unit}`;
      return `${title}: rises by ${round(perHour)} ± ${round(SURE * errorPerHour)}${of} an hour, surely ${round(excessPerHour)}${of} more than the ${mostPerHour}${of} that it may`;
    });
}

const HEAD = ['', 'begin', 'end', 'highest', 'an hour', '±', 'at most', ''];

/** The findings for people. */
export function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    const { title, unit, mostPerHour } = METRICS[finding.metric];
    return [
      unit === '' ? title : `${title}, ${unit}`,
      round(finding.first),
      round(finding.last),
      round(finding.highest),
      round(finding.perHour),
      round(SURE * finding.errorPerHour),
      String(mostPerHour),
      finding.excessPerHour > 0 ? 'FAILED' : 'ok',
    ];
  });
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
  return all.map((row) => line(row).join('  ').trimEnd()).join('\n');
}

function round(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}
