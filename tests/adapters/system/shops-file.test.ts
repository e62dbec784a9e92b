import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { createFirstShop, readShopsFile } from '../../../src/adapters/system/shops-file.ts';

const store = {
  id: 'main',
  name: 'Main',
  currency: 'COP',
  timezone: 'America/Bogota',
  dayStartsAt: '04:00',
  keys: [{ id: 'till-1', sha256: 'a'.repeat(64), role: 'till' }],
};
const key = store.keys[0];

describe('the shops file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tillstream-stores-'));
    path = join(folder, 'stores.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read unchanged', async () => {
    await writeFile(path, JSON.stringify([store]));
    expect(await readShopsFile(path)).toEqual([store]);
  });

  it('may begin with a byte order mark', async () => {
    await writeFile(path, `\ufeff${JSON.stringify([store])}`);
    expect(await readShopsFile(path)).toEqual([store]);
  });

  it('may be missing', async () => {
    expect(await readShopsFile(path)).toBeUndefined();
  });

  it.each([
    ['text', 'no json', 'expected JSON'],
    ['no shop', [], 'the file: expected array length'],
    ['an unknown field', [{ ...store, colour: 'red' }], '/0/colour: unexpected property'],
    ['a shop without a name', [{ ...store, name: '' }], '/0/name'],
    ['an id with capitals', [{ ...store, id: 'Main' }], '/0/id'],
    ['the id of the system', [{ ...store, id: 'system' }], '/0/id: expected 1 to 32 of a-z'],
    ['an unknown currency', [{ ...store, currency: 'XYZ' }], '/0/currency: expected an ISO 4217'],
    ['an unknown time zone', [{ ...store, timezone: 'Mars/Olympus' }], '/0/timezone: expected'],
    ['an hour that there is not', [{ ...store, dayStartsAt: '24:00' }], '/0/dayStartsAt'],
    ['an unknown role', [{ ...store, keys: [{ ...key, role: 'king' }] }], '/0/keys/0/role'],
    ['one id twice', [store, store], '/1/id: expected each id once, found main again'],
    ['a key id twice', [{ ...store, keys: [key, key] }], '/0/keys/1/id: expected each id'],
    [
      'one key in two shops',
      [store, { ...store, id: 'other' }],
      '/1/keys/0/sha256: expected each key once',
    ],
  ])('is rejected with %s and the path of it', async (_case, content, problem) => {
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    await expect(readShopsFile(path)).rejects.toThrow(`${path} cannot be used: ${problem}`);
  });

  it('never shows a key that was entered instead of its hash', async () => {
    const secret = 'ts_till_very-secret';
    await writeFile(path, JSON.stringify([{ ...store, keys: [{ ...key, sha256: secret }] }]));
    const error = await readShopsFile(path).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('/0/keys/0/sha256');
    expect(String(error)).not.toContain(secret);
  });

  it('is created with one shop and a key for each role, readable by the owner only', async () => {
    const data = join(folder, 'data');
    const { shops, keyFile } = await createFirstShop(data);
    const written = await readFile(join(data, 'stores.json'), 'utf8');
    expect(await readShopsFile(join(data, 'stores.json'))).toEqual(shops);
    expect(keyFile).toBe(join(data, 'api-key.txt'));
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(keyFile, 'utf8')).trim().split('\n');
    const keys = Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
    expect(Object.keys(keys)).toEqual(['till', 'manager', 'operator']);
    expect(new Set(Object.values(keys)).size).toBe(3);
    for (const [role, secret] of Object.entries(keys)) {
      expect(secret).toMatch(/^ts_[a-z]+_[\w-]{43}$/);
      expect(written).not.toContain(secret);
      const known = shops[0]?.keys.find((key) => key.role === role);
      expect(known?.sha256).toBe(systemDigest.sha256(secret));
    }
  });

  it('can be outside the data folder', async () => {
    const elsewhere = join(folder, 'etc', 'shops.json');
    await createFirstShop(join(folder, 'data'), elsewhere);
    expect(await readShopsFile(elsewhere)).toHaveLength(1);
  });
});
