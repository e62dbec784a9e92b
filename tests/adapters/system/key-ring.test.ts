import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemCipher } from '../../../src/adapters/system/cipher.ts';
import { openKeyRingFile, openKeyRingSettings } from '../../../src/adapters/system/key-ring.ts';

const SECRET = 'ab'.repeat(32);

describe('The file of master keys', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillstream-keys-'));
    path = join(folder, 'master-key.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is created with its first key, for its owner alone, and is read again', async () => {
    const ring = await openKeyRingFile(path);
    expect(ring.current()).toBeUndefined();
    const key = systemCipher.newKey();
    await ring.add({ id: 'one', key });
    const again = await openKeyRingFile(path);

    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(again.current()?.id).toBe('one');
    expect(Buffer.from(again.find('one')?.key ?? [])).toEqual(key);
  });

  it('keeps the key that another instance has added', async () => {
    const [one, two] = [await openKeyRingFile(path), await openKeyRingFile(path)];
    await one.add({ id: 'one', key: systemCipher.newKey() });
    await two.add({ id: 'two', key: systemCipher.newKey() });
    await one.reload();

    expect(one.current()?.id).toBe('two');
    expect(two.find('one')).toBeDefined();
  });

  it.each([
    ['no JSON', `{"current":"a","keys":{"a":"${SECRET}"`],
    ['a key that is too short', `{"current":"a","keys":{"a":"${SECRET.slice(2)}"}}`],
    ['a current key that is not there', `{"current":"b","keys":{"a":"${SECRET}"}}`],
  ])('is refused with %s, and its content is not shown', async (_, text) => {
    writeFileSync(path, text);
    const message = await openKeyRingFile(path).then(
      () => 'opened',
      (error: unknown) => String(error),
    );

    expect(message).toContain(`the master keys of ${path} cannot be used: expected`);
    expect(message).not.toContain(SECRET.slice(0, 12));
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('The settings of master keys', () => {
  it('name the key that encrypts', () => {
    const ring = openKeyRingSettings(`{"a":"${SECRET}","b":"${SECRET}"}`, 'b');
    expect(ring.current()?.id).toBe('b');
    expect(ring.find('a')).toBeDefined();
    expect(ring.find('toString')).toBeUndefined();
  });

  it('are refused without that key', () => {
    expect(() => openKeyRingSettings(`{"a":"${SECRET}"}`, 'b')).toThrow('CURRENT_KEY_ID');
  });
});
