import fc from 'fast-check';

import {
  complaintsOf,
  count,
  percentile,
  type Row,
  sumOf,
  tableOf,
  tallyText,
} from './statistics.ts';

const row = (changes: Partial<Row> = {}): Row => ({
  name: 'unread',
  server: 'alive',
  turnMs: 12.34,
  ownTurnMs: 8.06,
  latenciesMs: [4, 1, 3, 2],
  failures: new Map(),
  peakRssMb: 187.6,
  peakHeapMb: 64.2,
  recoveryS: 0.4,
  answers: count(['200', '429', '200']),
  ...changes,
});

describe('A percentile', () => {
  it('is the value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

    expect(percentile(hundred, 50)).toBe(50);
    expect(percentile(hundred, 99)).toBe(99);
    expect(percentile(hundred, 100)).toBe(100);
    expect(percentile([7], 1)).toBe(7);
    expect(percentile([], 50)).toBeUndefined();
  });

  it('is one of the values, and at least so many are not above it', () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 100 }), (sample, percent) => {
        const found = percentile(sample, percent) ?? NaN;
        expect(sample).toContain(found);
        const within = sample.filter((value) => value <= found).length;
        expect(within * 100).toBeGreaterThanOrEqual(percent * sample.length);
      }),
    );
  });

  it('leaves its values in their order', () => {
    const values = [3, 1, 2];

    percentile(values, 50);

    expect(values).toEqual([3, 1, 2]);
  });
});

describe('A tally', () => {
  it('counts labels and is written sorted', () => {
    expect(tallyText(count(['reset', '202', '429', '202']))).toBe('202: 2, 429: 1, reset: 1');
    expect(tallyText(count([]))).toBe('-');
  });

  it('adds up with others', () => {
    expect(tallyText(sumOf(count(['200', '429']), count([]), count(['200'])))).toBe(
      '200: 2, 429: 1',
    );
  });
});

describe('The table of the attacks', () => {
  it('has a row for each, with its figures rounded', () => {
    const cells = tableOf([row()])
      .split('\n')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );

    expect(cells[2]).toEqual([
      ...['unread', 'alive', '12', '8.1', '2.0', '4.0', '-', '188', '64', '0.4'],
      '200: 2, 429: 1',
    ]);
    expect(cells.map(({ length }) => length)).toEqual([11, 11, 11]);
  });

  it('shows a dash for what could not be measured', () => {
    const [, , line] = tableOf([row({ latenciesMs: [], recoveryS: undefined })]).split('\n');

    expect(line?.split('|').map((cell) => cell.trim())).toEqual(
      ['', 'unread', 'alive', '12', '8.1', '-', '-', '-', '188', '64', '-'].concat([
        '200: 2, 429: 1',
        '',
      ]),
    );
  });
});

describe('The verdict of the attacks', () => {
  it('names each attack after which the server did not answer any more', () => {
    const rows = [row(), row({ name: 'repeats', server: 'SIGABRT' }), row({ server: 'hung' })];

    expect(complaintsOf(rows)).toEqual([
      'repeats: expected the server alive, found it SIGABRT',
      'unread: expected the server alive, found it hung',
    ]);
    expect(complaintsOf([row()])).toEqual([]);
  });
});
