import type { Machine } from './machine.ts';
import type { Row } from './rows/row.ts';

const HEADINGS = ['row', 'unit', 'ours', 'floor', 'of floor', 'peer', 'x peer', 'beside', 'aim'];
const LEFT_ALIGNED = new Set(['row', 'unit', 'beside', 'aim']);

function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '-';
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

/** How many times as good as `other`, whichever direction is better. */
function ratio(row: Row, other: number | null): number | undefined {
  if (row.ours === null || other === null) return undefined;
  const times = row.better === 'more' ? row.ours / other : other / row.ours;
  return Number.isNaN(times) ? undefined : times;
}

function cells(row: Row): string[] {
  const ofFloor = ratio(row, row.floor);
  const timesPeer = ratio(row, row.peer);
  const extra = Object.entries(row.extra).map(([name, value]) => `${name} ${figure(value)}`);
  return [
    row.name,
    row.unit,
    figure(row.ours),
    figure(row.floor),
    ofFloor === undefined ? '-' : `${Math.round(ofFloor * 100)} %`,
    figure(row.peer),
    timesPeer === undefined ? '-' : `${timesPeer.toFixed(1)}x`,
    extra.join(', '),
    row.target,
  ];
}

/** The one table of a run, as text. */
export function formatTable(machine: Machine, rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cells)];
  const widths = HEADINGS.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        return LEFT_ALIGNED.has(HEADINGS[i] ?? '') ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const { cpu, cores, memoryGiB, os, node, at } = machine;
  const notes = rows.flatMap((row) => row.notes.map((note) => `${row.name}: ${note}`));
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, node ${node}, ${at}`,
    '',
    ...text,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n');
}
