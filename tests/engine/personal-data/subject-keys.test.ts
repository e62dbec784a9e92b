import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import { systemCipher } from '../../../src/adapters/system/cipher.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createMasterKeys } from '../../../src/engine/personal-data/master-keys.ts';
import { createSubjectKeys } from '../../../src/engine/personal-data/subject-keys.ts';
import type { KeyRing } from '../../../src/ports/key-ring.ts';

const alone = { isShared: false };
const DAY_MS = 86_400_000;
const subject = { storeId: 'a', id: 'account.1' };
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const shops = () => [
  { id: 'a', name: 'A', currency: 'EUR', timezone: 'UTC', dayStartsAt: '00:00', keys: [] },
];

function openWorld() {
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const vault = createMemoryVault(clock);
  const instance = (keyRing: KeyRing) => {
    const options = { vault, keyRing, cipher: systemCipher, clock };
    return {
      keyRing,
      subjects: createSubjectKeys(options),
      masters: createMasterKeys({ ...options, ids: systemIds, logger, shops }),
    };
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { vault, instance, pass };
}

describe('The keys of persons', () => {
  it('are created once, and are the same for every instance', async () => {
    const world = openWorld();
    const ring = createMemoryKeyRing();
    const [one, two] = [world.instance(ring), world.instance(ring)];
    await one.masters.open(alone);

    const keys = await Promise.all([one.subjects.obtain(subject), two.subjects.obtain(subject)]);

    expect(Buffer.from(keys[0] as Uint8Array)).toEqual(Buffer.from(keys[1] as Uint8Array));
    expect(keys[0]).toHaveLength(32);
  });

  it('stand in the vault only encrypted, and for their person alone', async () => {
    const { vault, instance } = openWorld();
    const { masters, subjects } = instance(createMemoryKeyRing());
    await masters.open(alone);
    const key = await subjects.obtain(subject);
    const [entry] = await vault.list({ storeId: 'a', kind: 'subject-key' }, { limit: 10 });
    await vault.put(
      { storeId: 'a', kind: 'subject-key', id: 'account.2' },
      { value: entry?.value ?? '' },
      0,
    );

    expect(entry?.value).not.toContain(Buffer.from(key as Uint8Array).toString('hex'));
    await expect(subjects.find({ storeId: 'a', id: 'account.2' })).rejects.toThrow('master key');
  });

  it('are gone once destroyed, for ever, and for other instances within seconds', async () => {
    const world = openWorld();
    const ring = createMemoryKeyRing();
    const [one, two] = [world.instance(ring), world.instance(ring)];
    await one.masters.open(alone);
    await one.subjects.obtain(subject);
    await two.subjects.find(subject);
    await one.subjects.destroy(subject);

    expect(await one.subjects.obtain(subject)).toBe('erased');
    world.pass(5_001);
    expect(await two.subjects.find(subject)).toBe('erased');
    const [entry] = await world.vault.list({ storeId: 'a', kind: 'subject-key' }, { limit: 10 });
    expect(entry?.value).toBe('{"erased":true}');
  });
});

describe('The master keys', () => {
  it('are replaced when they are 90 days old, and what they encrypted is read as before', async () => {
    const world = openWorld();
    const { masters, subjects, keyRing } = world.instance(createMemoryKeyRing());
    await masters.open(alone);
    const key = await subjects.obtain(subject);
    const first = keyRing.current()?.id;
    world.pass(89 * DAY_MS);
    await masters.maintain();
    expect(keyRing.current()?.id).toBe(first);
    world.pass(2 * DAY_MS);
    await masters.maintain();

    const { masterKeys } = await masters.status();
    expect(keyRing.current()?.id).not.toBe(first);
    expect(masterKeys.map(({ current, subjectKeys }) => [current, subjectKeys])).toEqual([
      [false, 0],
      [true, 1],
    ]);
    expect(Buffer.from((await subjects.find(subject)) as Uint8Array)).toEqual(key);
  });

  it('protect the keys of the system as those of shops, also after a rotation', async () => {
    const { instance } = openWorld();
    const { masters, subjects, keyRing } = instance(createMemoryKeyRing());
    await masters.open(alone);
    const origins = { storeId: 'system', id: 'origins.2026-01' };
    const key = await subjects.obtain(origins);
    const first = keyRing.current()?.id;
    expect((await masters.status()).masterKeys).toMatchObject([{ id: first, subjectKeys: 1 }]);
    await masters.rotate();
    await masters.maintain();
    const kept = createMemoryKeyRing();
    await kept.add(keyRing.current() ?? { id: '', key: new Uint8Array() });

    const found = await instance(kept).subjects.find(origins);

    expect(Buffer.from(found as Uint8Array)).toEqual(Buffer.from(key as Uint8Array));
  });

  it('may be removed in a pass after all keys were encrypted with the new one', async () => {
    const { instance } = openWorld();
    const { masters, subjects } = instance(createMemoryKeyRing());
    await masters.open(alone);
    await subjects.obtain(subject);
    await masters.rotate();
    expect((await masters.status()).masterKeys).toHaveLength(2);
    await masters.maintain();

    expect((await masters.status()).masterKeys).toMatchObject([{ current: true, subjectKeys: 1 }]);
  });

  it('refuse to open without a key that the vault needs, and say what to restore', async () => {
    const { instance } = openWorld();
    const { masters, keyRing, subjects } = instance(createMemoryKeyRing());
    await masters.open(alone);
    await subjects.obtain(subject);
    const id = keyRing.current()?.id ?? '';
    const empty = createMemoryKeyRing();
    const other = createMemoryKeyRing();
    await other.add({ id, key: systemCipher.newKey() });

    for (const ring of [empty, other]) {
      await expect(instance(ring).masters.open(alone)).rejects.toThrow(
        `encrypted with the master key ${id}, which is not in memory: restore the master keys`,
      );
    }
    expect(empty.current()).toBeUndefined();
  });

  it('may be lost before they protect anything, unless other instances use them', async () => {
    const { instance } = openWorld();
    await instance(createMemoryKeyRing()).masters.open(alone);
    const [shared, single] = [createMemoryKeyRing(), createMemoryKeyRing()];

    await expect(instance(shared).masters.open({ isShared: true })).rejects.toThrow('restore');
    await instance(single).masters.open(alone);
    expect((await instance(single).masters.status()).masterKeys).toMatchObject([
      { id: single.current()?.id },
    ]);
  });
});
