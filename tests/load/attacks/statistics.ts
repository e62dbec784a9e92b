/** How often each label was counted, such as a status or `reset`. */
export type Tally = ReadonlyMap<string, number>;

/** What one attack did to the server and to the other shop. */
export interface Row {
  readonly name: string;
  /** `alive`, `hung`, or how the process ended. */
  readonly server: string;
  /** Longest turn of the event loop, and the part of it that was not spent waiting for a core. */
  readonly turnMs: number;
  readonly ownTurnMs: number;
  /** Of each request of shop b, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** Answers to shop b other than success. */
  readonly failures: Tally;
  readonly peakRssMb: number;
  readonly peakHeapMb: number;
  /** Seconds from the end of the attack until the server was idle again; undefined: it was not. */
  readonly recoveryS: number | undefined;
  readonly answers: Tally;
}

/** The smallest value that at least `percent` of all do not exceed; undefined without values. */
export function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

export function count(labels: Iterable<string>): Tally {
  const tally = new Map<string, number>();
  for (const label of labels) tally.set(label, (tally.get(label) ?? 0) + 1);
  return tally;
}

/** Sums of several tallies. */
export function sumOf(...tallies: readonly Tally[]): Tally {
  const sum = new Map<string, number>();
  for (const tally of tallies) {
    for (const [label, times] of tally) sum.set(label, (sum.get(label) ?? 0) + times);
  }
  return sum;
}

/** `200: 3, reset: 1`, sorted by label. */
export function tallyText(tally: Tally): string {
  const sorted = [...tally].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([label, times]) => `${label}: ${times}`).join(', ') || '-';
}

const HEAD = [
  'attack',
  'server',
  'turn ms',
  'own ms',
  'b p50 ms',
  'b p99 ms',
  'b failed',
  'peak RSS MB',
  'heap MB',
  'idle after s',
  'answers',
];
/** Text is aligned to the left, figures to the right. */
const TEXT_COLUMNS: ReadonlySet<string> = new Set(['attack', 'server', 'b failed', 'answers']);

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.server,
    rounded(row.turnMs),
    rounded(row.ownTurnMs),
    rounded(percentile(row.latenciesMs, 50)),
    rounded(percentile(row.latenciesMs, 99)),
    tallyText(row.failures),
    rounded(row.peakRssMb),
    rounded(row.peakHeapMb),
    rounded(row.recoveryS),
    tallyText(row.answers),
  ]);
  const isText = HEAD.map((title) => TEXT_COLUMNS.has(title));
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isText[column] ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    isText[column] ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(HEAD), line(rule), ...cells.map(line)].join('\n');
}

/** One sentence for each attack that the server did not survive. */
export function complaintsOf(rows: readonly Row[]): string[] {
  return rows
    .filter(({ server }) => server !== 'alive')
    .map(({ name, server }) => `${name}: expected the server alive, found it ${server}`);
}

function rounded(value: number | undefined): string {
  if (value === undefined) return '-';
  return value.toFixed(value < 10 ? 1 : 0);
}
