import {
  maskAddress,
  maskEmail,
  maskName,
  maskPersonalData,
  maskPhone,
} from '../../../src/domain/kernel/mask-personal-data.ts';

describe('The masks of personal data', () => {
  it.each([
    [maskEmail, 'marta.ruiz@example.com', 'ma********@example.com'],
    [maskEmail, 'm@example.com', 'm@example.com'],
    [maskEmail, 'no address', '***'],
    [maskPhone, '+34600111222', '********1222'],
    [maskPhone, '+34 600 11 22', '********11*22'],
    [maskPhone, '12', '12'],
    [maskAddress, 'Calle Mayor 5', 'Cal***'],
    [maskAddress, '28', '28***'],
    [maskName, 'Marta Ruiz García', 'M*** R*** G***'],
    [maskName, '(erased)', '(erased)'],
    [maskName, '\u{1F600}x', '\u{1F600}***'],
  ])('%o of %s leaves %s', (mask, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it('reach into every field, and hide what has no rule', () => {
    const contact = { name: 'Ada', previous: { email: 'ada@b.c' }, taxNumber: 'X1', tags: ['vip'] };
    expect(maskPersonalData(contact)).toEqual({
      name: 'A***',
      previous: { email: 'ad*@b.c' },
      taxNumber: '***',
      tags: ['***'],
    });
  });
});
