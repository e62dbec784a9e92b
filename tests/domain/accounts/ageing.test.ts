import fc from 'fast-check';

import { ageing, isOverdue } from '../../../src/domain/accounts/index.ts';

const due = (dueDate: string, remainingMinor: number) => ({
  remainingMinor,
  openedOn: '2020-01-01',
  dueDate,
});

describe('ageing', () => {
  it('puts the last day of each age into that age and the next day into the next one', () => {
    const debts = [
      due('2025-05-01', 1),
      due('2025-04-01', 2),
      due('2025-03-31', 4),
      due('2025-03-02', 8),
      due('2025-03-01', 16),
      due('2025-01-31', 32),
      due('2025-01-30', 64),
    ];
    expect(ageing(debts, '2025-05-01')).toEqual({
      days0To30Minor: 1 + 2,
      days31To60Minor: 4 + 8,
      days61To90Minor: 16 + 32,
      daysOver90Minor: 64,
      totalMinor: 127,
    });
  });

  it('counts from the day of opening when there is no due date', () => {
    const debts = [{ remainingMinor: 5, openedOn: '2025-01-01' }];
    expect(ageing(debts, '2025-03-01').days31To60Minor).toBe(5);
  });

  it('takes a debt that is not due yet as new, however old it is', () => {
    expect(ageing([due('2026-01-01', 7)], '2025-05-01').days0To30Minor).toBe(7);
  });

  it('loses no cent between its ages', () => {
    const day = fc.integer({ min: 0, max: 364 }).map((n) => {
      const at = new Date(Date.UTC(2025, 0, 1) + n * 86_400_000);
      return at.toISOString().slice(0, 10);
    });
    const debt = fc.record({ remainingMinor: fc.integer({ min: 1, max: 10_000 }), openedOn: day });
    fc.assert(
      fc.property(fc.array(debt), day, (debts, onDay) => {
        const { totalMinor, ...ages } = ageing(debts, onDay);
        expect(Object.values(ages).reduce((a, b) => a + b, 0)).toBe(totalMinor);
        expect(totalMinor).toBe(debts.reduce((sum, { remainingMinor }) => sum + remainingMinor, 0));
      }),
    );
  });
});

describe('isOverdue', () => {
  it('begins on the day after the due date', () => {
    expect(isOverdue({ dueDate: '2025-02-28' }, '2025-02-28')).toBe(false);
    expect(isOverdue({ dueDate: '2025-02-28' }, '2025-03-01')).toBe(true);
  });

  it('never holds for a debt without a due date', () => {
    expect(isOverdue({}, '2999-01-01')).toBe(false);
  });
});
