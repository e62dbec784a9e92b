import fc from 'fast-check';

import {
  type BooksEntry,
  type Case,
  daySums,
  isSame,
  judge,
  match,
  MAX_ROUNDING_MINOR,
  ownerIn,
  type OwnSale,
  type SquareSale,
} from '../../../src/domain/books/index.ts';

const DAY = '2026-03-09';
const own: OwnSale = {
  ...{ orderId: 'o-1', squareOrderId: 's-1', day: DAY, totalMinor: 1_000 },
  ...{ number: 'SQ-1', isSold: true },
};
const square: SquareSale = {
  ...{ id: 's-1', location: 'L1', day: DAY, totalMinor: 1_000, tipMinor: 100, feeMinor: 36 },
};
const entry: BooksEntry = {
  ...{ entity: 'SalesReceipt', id: '7', number: 'SQ-1', day: DAY, totalMinor: 1_000 },
  ...{ tipMinor: 100, note: 'tillstream:order=o-1. Paid', isEdited: false, byItem: { '1': 1_000 } },
};
const found = (more: Partial<Case> = {}): Case => ({
  ...{ own, square, entries: [entry], tipMinor: 100, ...more },
});
const booked = (more: Partial<BooksEntry>) => found({ entries: [{ ...entry, ...more }] });
const causeOf = (each: Case) => judge(each)?.cause;

describe('A sale that is the same everywhere', () => {
  it('is no variance', () => {
    expect(judge(found())).toBeUndefined();
    expect(isSame(found())).toBe(true);
    expect(judge(found({ byItem: { '1': 1_000 } }))).toBeUndefined();
  });

  it('is not called different by books that were not read', () => {
    expect(judge({ own, square })).toBeUndefined();
    expect(isSame({ own, square })).toBe(true);
  });
});

describe('The cause of a variance', () => {
  it.each<[string, string, Case]>([
    ['missing_webhook', 'import', { square }],
    ['missing_webhook', 'import', found({ square: { ...square, totalMinor: 1_500 } })],
    ['tip_edited', 'import', found({ square: { ...square, totalMinor: 1_050, tipMinor: 150 } })],
    ['tip_edited', 'settle', booked({ totalMinor: 1_050, tipMinor: 150 })],
    ['fee', 'settle', booked({ totalMinor: 964 })],
    ['rounding', 'settle', booked({ totalMinor: 1_000 + MAX_ROUNDING_MINOR })],
    ['edited_in_books', 'settle', booked({ totalMinor: 1_000 - MAX_ROUNDING_MINOR - 1 })],
    ['wrong_day', 'settle', booked({ day: '2026-03-10' })],
    ['posted_twice', 'settle', found({ entries: [entry, { ...entry, id: '8' }] })],
    ['deleted_in_books', 'settle', found({ entries: [], posting: 'succeeded' })],
    ['not_posted', 'settle', found({ entries: [] })],
    ['parked', 'retry', found({ entries: [], posting: 'parked' })],
    ['waiting', 'wait', found({ entries: [], posting: 'waiting' })],
    ['not_sold', 'settle', { own: { ...own, isSold: false }, entries: [entry] }],
    ['mapping_changed', 'settle', found({ byItem: { '2': 1_000 } })],
    [
      'edited_in_books',
      'settle',
      { ...booked({ isEdited: true }), byItem: { '1': 900, '2': 100 } },
    ],
  ])('is %s, corrected by %s', (cause, fix, each) => {
    expect(judge(each)).toEqual({ cause, fix });
  });

  it('is found for every case that is not the same at first sight', () => {
    const entries = fc.array(
      fc.record({
        totalMinor: fc.constantFrom(1_000, 964, 1_003, 5),
        day: fc.constantFrom(DAY, 'x'),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(entries, fc.boolean(), fc.constantFrom(1_000, 999), (list, isSold, total) => {
        const each = found({
          own: { ...own, isSold },
          square: { ...square, totalMinor: total },
          entries: list.map((more, i) => ({ ...entry, ...more, id: String(i) })),
        });
        if (!isSame(each)) expect(judge(each)).toBeDefined();
        if (causeOf(each) === undefined) expect(each.entries).toHaveLength(1);
      }),
    );
  });
});

describe('What belongs together', () => {
  it('is found by number or by note, and documents of others are left alone', () => {
    const entries = [
      { ...entry, note: '' },
      { ...entry, id: '8', number: '1042' },
      { ...entry, id: '9', number: '1043', note: 'typed in by hand' },
      { ...entry, id: '10', number: 'SQR-9', note: 'Refund r-1: Cold. tillstream:order=o-2.' },
    ];
    const { cases, strays } = match([own], [square, { ...square, id: 's-2' }], entries);

    expect(cases.map(({ entries: found }) => found?.map(({ id }) => id))).toEqual([
      ['7', '8'],
      undefined,
    ]);
    expect(cases[1]).toMatchObject({ square: { id: 's-2' } });
    expect(strays).toMatchObject([{ orderId: 'o-2', refundId: 'r-1' }]);
  });

  it('is read from a note with what people wrote around it', () => {
    expect(ownerIn('Square Order ID: s square:order=s tillstream:order=o-1.')).toEqual({
      orderId: 'o-1',
    });
    expect(ownerIn('no order')).toBeUndefined();
  });
});

it('sums stand side by side by day and location, and what was not read is null', () => {
  const other = { ...own, orderId: 'o-2', refundId: 'r-1', totalMinor: 300 };
  const cases: Case[] = [
    found({ entries: [{ ...entry, day: '2026-03-10' }] }),
    { own: other, entries: [{ ...entry, entity: 'RefundReceipt', totalMinor: 300 }] },
  ];
  const sums = daySums(cases, { square: true, quickbooks: true });
  expect(sums).toMatchObject([
    { day: DAY, location: '', refunds: { tillstream: { totalMinor: 300 } } },
    { day: DAY, location: 'L1', square: { totalMinor: 1_000 }, quickbooks: { count: 0 } },
    { day: '2026-03-10', location: 'L1', quickbooks: { count: 1, totalMinor: 1_000 } },
  ]);
  const unread = daySums(cases, { square: false, quickbooks: false });
  expect(unread[1]).toMatchObject({ square: null, quickbooks: null });
});
