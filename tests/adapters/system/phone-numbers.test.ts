import { systemPhoneNumbers } from '../../../src/adapters/system/phone-numbers.ts';

const problemOf = (text: string) => {
  const checked = systemPhoneNumbers.check(text);
  return 'problem' in checked ? checked.problem : undefined;
};

describe('Phone numbers', () => {
  it.each([
    ['+34 600 000 000', '+34600000000'],
    ['+54 9 11 2345-6789', '+5491123456789'],
    [' +1 (415) 555-2671 ', '+14155552671'],
    ['+593.99.123.4567', '+593991234567'],
  ])('are written as E.164: %s', (typed, e164) => {
    expect(systemPhoneNumbers.check(typed)).toEqual({ e164 });
  });

  it.each([
    ['600 000 000', 'it does not begin with + and a country code'],
    ['', 'it does not begin with + and a country code'],
    ['+34', 'it has too few digits'],
    ['+34 6', 'it has too few digits'],
    ['+34 600 000 000 000 000 000', 'it has too many digits'],
    ['+999 600 000 000', 'no country has its code'],
    ['+34 100 000 000', 'the numbering plan of ES has no such number'],
    ['+34600000000;ext=1', 'it has other characters than digits'],
    ['+34 600\r\n000000,x', 'it has other characters than digits'],
  ])('that are none are refused with the reason: %j', (typed, problem) => {
    expect(problemOf(typed)).toBe(problem);
  });
});
