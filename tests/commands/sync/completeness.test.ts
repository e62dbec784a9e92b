import { wordsOf } from '../../../src/commands/sync/completeness.ts';

const AT = '2026-11-30T21:40:00.000Z';
const SOON = '2026-11-30T21:50:00.000Z';
const LATER = '2026-11-30T23:00:00.000Z';
const declared = { lastSeq: 412, unsent: 0, declaredAt: AT };
const known = { state: 'ok', declared, missing: [], last: 412 } as const;

describe('The words for the completeness of a device', () => {
  it.each([
    ['complete', known, SOON, `complete up to 412, as declared at ${AT}`],
    [
      'silent',
      known,
      LATER,
      `complete up to 412, as declared at ${AT}; not heard from since ${AT}`,
    ],
    [
      'with holes',
      { ...known, missing: [[88, 91] as const, [95, 95] as const] },
      LATER,
      `88-91, 95 missing; not heard from since ${AT}`,
    ],
    [
      'in a life that has ended',
      { ...known, state: 'ended' as const },
      LATER,
      `ended at 412, as declared at ${AT}`,
    ],
    [
      'that declares nothing',
      { ...known, declared: undefined },
      SOON,
      'does not declare its facts',
    ],
  ])('say what is known of a device %s', (_case, one, now, words) => {
    expect(wordsOf(one, now)).toBe(words);
  });

  it('count the gaps that are too many to be named', () => {
    const missing = Array.from({ length: 12 }, (_, i) => [i * 2 + 1, i * 2 + 1] as const);
    expect(wordsOf({ ...known, missing }, SOON)).toMatch(/, 19 and 2 more gaps missing$/);
  });
});
