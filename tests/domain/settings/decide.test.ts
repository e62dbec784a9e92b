import { settingDecider, type SettingValue } from '../../../src/domain/settings/index.ts';

type Command = Parameters<typeof settingDecider.decide>[0];

const changed = (value: SettingValue, previous: SettingValue | null = null) =>
  ({ type: 'SettingChanged', data: { key: 'entity', value, previous } }) as const;
const change = (value: SettingValue): Command => ({ type: 'ChangeSetting', data: { value } });
const remove: Command = { type: 'RemoveSetting', data: {} };

function decided(command: Command, value: SettingValue | null, entityId = 'entity') {
  const context = {
    ...{ storeId: 'a', entityId, commandId: 'c' },
    ...{ now: '2026-11-24T10:00:00.000Z', businessDay: '2026-11-24' },
  };
  return settingDecider.decide(command, { value }, context);
}

/** Made here, so that no scanner of secrets mistakes this file. */
const SECRETS = [
  ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_'),
  'AKIAIOSFODNN7EXAMPLE',
  ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_'),
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  '-----BEGIN RSA PRIVATE KEY-----',
  'https://user:hunter22@db.example.com/x',
  'password = correct horse',
  'Bearer abcdefghijklmnop',
  '9f86d081884c7d659a2feaa0c55ad015',
  'Zk3Jq9Xw2Lm8Rt5Vy7Bn4Hc6',
];

describe('A setting', () => {
  it('keeps the value that it had before', () => {
    expect(settingDecider.evolve({ value: null }, changed(1))).toEqual({ value: 1 });
    expect(decided(change(2), 1)).toEqual([changed(2, 1)]);
  });

  it('is removed with the value that it had', () => {
    expect(decided(remove, true)).toEqual([
      { type: 'SettingRemoved', data: { key: 'entity', previous: true } },
    ]);
  });

  it('cannot be removed when it is not there', () => {
    expect(() => decided(remove, null)).toThrow('there is no setting');
  });

  it.each(SECRETS)('refuses what looks like a secret: %s', (value) => {
    expect(() => decided(change(value), null)).toThrow('found what looks like one');
    expect(() => decided(change(['fine', value]), null)).toThrow('found what looks like one');
  });

  it.each(['smtp.password', 'square.access-token', 'pin', 'webhook.secret', 'maps.api-key'])(
    'refuses a key that names a secret: %s',
    (key) => {
      expect(() => decided(change('anything'), null, key)).toThrow('found what looks like one');
    },
  );

  it.each([
    'Gracias por su compra. Vuelva pronto!',
    'https://example.com/receipts/logo-of-the-shop-2026.png',
    'America/Argentina/Buenos_Aires',
    '7b1c9c9e-5a0e-4b3c-9a55-5a7d7b6f2d10',
    'orders-2026-11-30-branch-north-terminal-7',
    'tipping.default',
  ])('takes ordinary text: %s', (value) => {
    expect(decided(change(value), null)).toEqual([changed(value)]);
  });

  it.each(['pinned.items', 'orders.print-copies', 'keyboard.layout', 'tokenizer'])(
    'takes an ordinary key: %s',
    (key) => {
      expect(decided(change(1), null, key)).toHaveLength(1);
    },
  );

  it.each(SECRETS)('names no value in its refusal: %s', (value) => {
    expect(messageOf(() => decided(change(value), null))).not.toContain(value);
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return JSON.stringify([String(error), { ...(error as object) }]);
  }
  throw new Error('expected a refusal');
}
