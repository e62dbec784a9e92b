import { openAlerting } from '../../src/boot/open-alerting.ts';
import { ALERT_RULES } from '../../src/domain/alerts/index.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const contacts = (...list: object[]) =>
  openAlerting({ alertContacts: JSON.stringify(list), alertRules: '' }).alertContacts;
const rules = (changes: object) =>
  openAlerting({ alertContacts: '', alertRules: JSON.stringify(changes) }).alertRules;
const person = { id: 'on-call', email: 'ana@example.org' };
const system = { id: 'pager', url: 'https://pager.example.org/x', secrets: [SECRET] };

describe('The settings of alerts', () => {
  it('are those of the product, and notify no one, when they are absent', () => {
    const settings = openAlerting({ alertContacts: '', alertRules: '' });
    expect(settings).toEqual({ alertContacts: [], alertRules: ALERT_RULES });
  });

  it('name people and systems, by default for what is HIGH or worse, when it is raised', () => {
    expect(contacts(person, { ...system, severity: 'LOW', fromLevel: 1 })).toEqual([
      { ...person, language: 'en', severity: 'HIGH', fromLevel: 0 },
      { ...system, severity: 'LOW', fromLevel: 1 },
    ]);
  });

  it.each([
    ['an address that is none', [{ ...person, email: 'ana' }]],
    ['neither address nor URL', [{ id: 'on-call' }]],
    ['a URL without a secret', [{ id: 'pager', url: system.url }]],
    ['a short secret', [{ ...system, secrets: ['whsec_abc'] }]],
    ['the same id twice', [person, person]],
    ['an unknown rule', [{ ...person, rules: ['disk-full'] }]],
    ['an unknown field', [{ ...person, phone: '+34600000000' }]],
  ])('are refused with %s, without a value in the message', (_what, list) => {
    expect(() => contacts(...list)).toThrow(/^ALERT_CONTACTS: /);
    expect(() => contacts(...list)).not.toThrow(/whsec_abc|pager\.example/);
    expect(() => openAlerting({ alertContacts: '[{', alertRules: '' })).toThrow('expected JSON');
  });

  it('change rules by severity, and a single rule more than its severity', () => {
    const changed = rules({
      HIGH: { escalateAfterMinutes: [5, 30] },
      'projection-gap': { escalateAfterMinutes: [1], clearAfterMinutes: 2 },
      'projection-lag': { threshold: 120, clearBelow: 20, severity: 'HIGH' },
    });
    expect(changed['projection-blocked'].escalateAfterMs).toEqual([300_000, 1_800_000]);
    expect(changed['projection-gap']).toMatchObject({
      ...{ escalateAfterMs: [60_000], clearAfterMs: 120_000 },
    });
    expect(changed['projection-lag']).toMatchObject({
      ...{ threshold: 120, clearBelow: 20, severity: 'HIGH' },
      escalateAfterMs: [300_000, 1_800_000],
    });
    expect(changed['disk-low']).toEqual(ALERT_RULES['disk-low']);
  });

  it.each([
    ['a threshold below the limit of its end', { 'disk-low': { threshold: 80 } }],
    ['times that do not rise', { HIGH: { escalateAfterMinutes: [30, 5] } }],
    ['an unknown rule', { 'disk-full': { threshold: 1 } }],
    ['an unknown field', { 'disk-low': { limit: 1 } }],
  ])('are refused with %s', (_what, changes) => {
    expect(() => rules(changes)).toThrow(/^ALERT_RULES: /);
  });
});
