import { contactsFor, type EmailContact } from '../../../src/domain/alerts/index.ts';

const contact = (id: string, more: Partial<EmailContact> = {}): EmailContact => ({
  ...{ id, email: `${id}@example.org`, language: 'en', severity: 'HIGH', fromLevel: 0 },
  ...more,
});
const step = { storeId: 'system', rule: 'disk-low', severity: 'HIGH', level: 0 } as const;

describe('The contacts of an alert', () => {
  it.each([
    ['of its severity', {}, true],
    ['of a lower one', { severity: 'LOW' }, true],
    ['of a higher one only', { severity: 'CRITICAL' }, false],
    ['of its rule', { rules: ['disk-low'] }, true],
    ['of other rules', { rules: ['projection-lag'] }, false],
    ['of its shop', { stores: ['system'] }, true],
    ['of other shops', { stores: ['main'] }, false],
    ['of escalations only', { fromLevel: 1 }, false],
  ] as const)('are those %s', (_whom, more, isTold) => {
    const found = contactsFor([contact('ana', more)], step);
    expect(found.map(({ id }) => id)).toEqual(isTold ? ['ana'] : []);
  });

  it('are more with each escalation', () => {
    const contacts = [contact('first'), contact('second', { fromLevel: 1 })];
    const notified = (level: number) =>
      contactsFor(contacts, { ...step, level }).map(({ id }) => id);
    expect([notified(0), notified(1), notified(2)]).toEqual([
      ['first'],
      ['first', 'second'],
      ['first', 'second'],
    ]);
  });
});
