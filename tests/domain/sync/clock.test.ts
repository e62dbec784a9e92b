import fc from 'fast-check';

import { timeOfFact } from '../../../src/domain/sync/index.ts';

const KEPT = '2026-11-30T12:00:00.000Z';
const dayAt = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
const time = (occurredAt: string, more: object = {}, openedAt?: string) =>
  timeOfFact({ occurredAt, businessDay: '2026-11-30', ...more }, { keptAt: KEPT, openedAt }, dayAt);

describe('The time of a fact', () => {
  it('is that of its device within a few minutes, without a remark', () => {
    const { atMs, flags } = time('2026-11-30T11:59:00.000Z');

    expect(new Date(atMs).toISOString()).toBe('2026-11-30T11:59:00.000Z');
    expect(flags).toEqual([]);
  });

  it('is after the last response of the server before it, and after its epoch began', () => {
    const early = '2001-01-01T00:00:00.000Z';
    const serverTime = '2026-11-30T10:00:00.000Z';
    const openedAt = '2026-11-30T09:00:00.000Z';

    expect(dayAt(time(early, { clock: { serverTime } }, openedAt).atMs)).toBe('2026-11-30');
    expect(time(early, { clock: { serverTime } }, openedAt).atMs).toBe(Date.parse(serverTime));
    expect(time(early, {}, openedAt).atMs).toBe(Date.parse(openedAt));
    expect(time(early, {}, openedAt).flags).toEqual(['clock-clamped']);
  });

  it('uses the measured offset of the clock', () => {
    const { atMs, flags } = time('2026-11-30T13:00:00.000Z', { clock: { offsetMs: -3_600_000 } });

    expect(atMs).toBe(Date.parse(KEPT));
    expect(flags).toEqual([]);
  });

  it('stays within its bounds, whatever the device says', () => {
    const days = fc.date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(days, days, fc.integer(), (claimed, day, offsetMs) => {
        const businessDay = day.toISOString().slice(0, 10);
        const openedAt = '2026-11-29T12:00:00.000Z';
        const found = time(claimed.toISOString(), { clock: { offsetMs }, businessDay }, openedAt);

        expect(found.atMs).toBeGreaterThanOrEqual(Date.parse(openedAt));
        expect(found.atMs).toBeLessThanOrEqual(Date.parse(KEPT));
        expect(['2026-11-29', '2026-11-30']).toContain(found.businessDay);
      }),
    );
  });
});
