import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import { systemCipher } from '../../../src/adapters/system/cipher.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { createCallerOrigins } from '../../../src/engine/personal-data/caller-origins.ts';
import { createSubjectKeys } from '../../../src/engine/personal-data/subject-keys.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const ORIGIN = { address: '203.0.113.7', userAgent: 'Till/2.1', sessionId: 'session-1' };
const DAY_MS = 86_400_000;

async function openWorld() {
  const clock = createFakeClock(Date.UTC(2026, 0, 15));
  const vault = createMemoryVault(clock);
  const keyRing = createMemoryKeyRing();
  await keyRing.add({ id: 'key_1', key: systemCipher.newKey() });
  const warnings: unknown[] = [];
  const logger = { warn: (fields: unknown) => void warnings.push(fields) };
  const parts = { cipher: systemCipher, clock, logger, retentionMonths: 12 };
  const instance = (reached = vault, ring = keyRing) =>
    createCallerOrigins({
      ...parts,
      keys: createSubjectKeys({ vault: reached, keyRing: ring, cipher: systemCipher, clock }),
    });
  return { clock, vault, keyRing, instance, warnings };
}

function eventWith(origin: string | undefined, storeId = 'a'): RecordedEvent {
  return { metadata: { storeId, origin } } as unknown as RecordedEvent;
}

describe('The origins of callers', () => {
  it('are read by another instance, and show nothing as they are stored', async () => {
    const { instance } = await openWorld();

    const sealed = await instance().seal('a', ORIGIN);

    expect(sealed).toMatch(/^2026-01\.[\w-]+$/);
    expect(Buffer.from(String(sealed).slice(8), 'base64url').toString()).not.toContain('203.0');
    expect(await instance().open(eventWith(sealed))).toEqual(ORIGIN);
  });

  it('cannot be read as those of another shop', async () => {
    const { instance } = await openWorld();
    const origins = instance();
    await origins.seal('b', ORIGIN);

    const moved = eventWith(await origins.seal('a', ORIGIN), 'b');

    expect(await origins.open(moved)).toBeUndefined();
  });

  it('are gone after the retention, and not before', async () => {
    const { clock, instance } = await openWorld();
    const sealed = await instance().seal('a', ORIGIN);
    await clock.advance(381 * DAY_MS);
    expect(new Date(clock.now()).toISOString()).toContain('2027-01-31');
    await instance().expire('a');
    expect(await instance().open(eventWith(sealed))).toEqual(ORIGIN);

    await clock.advance(DAY_MS);
    await instance().expire('a');

    expect(await instance().open(eventWith(sealed))).toBeUndefined();
  });

  it('do not stop a command while the vault does not respond', async () => {
    const { vault, instance, warnings } = await openWorld();
    const down = () => Promise.reject(new Error('the vault does not respond'));

    expect(await instance({ ...vault, get: down }).seal('a', ORIGIN)).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it('are not shown, and stop no reader, once their master key is lost', async () => {
    const { clock, vault, instance, warnings } = await openWorld();
    const sealed = await instance().seal('a', ORIGIN);
    const other = createMemoryKeyRing();
    await other.add({ id: 'key_2', key: systemCipher.newKey() });
    const origins = instance(vault, other);

    expect(await origins.open(eventWith(sealed))).toBeUndefined();
    expect(await origins.open(eventWith(sealed))).toBeUndefined();

    expect(warnings).toMatchObject([{ store: 'a', key: 'origins.2026-01' }]);
    await clock.advance(382 * DAY_MS);
    await origins.expire('a');
    expect(await instance().open(eventWith(sealed))).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it('are read later when the vault does not respond', async () => {
    const { vault, instance } = await openWorld();
    const sealed = await instance().seal('a', ORIGIN);
    const down = () => Promise.reject(new Error('the vault does not respond'));

    const opened = instance({ ...vault, get: down }).open(eventWith(sealed));

    await expect(opened).rejects.toThrow('does not respond');
  });

  it('cut long texts, and keep nothing of a request that shows none', async () => {
    const { instance } = await openWorld();
    const origins = instance();

    expect(origins.seal('a', { address: undefined })).toBeUndefined();
    const sealed = await origins.seal('a', { userAgent: 'x'.repeat(10_000) });
    expect(await origins.open(eventWith(sealed))).toEqual({ userAgent: 'x'.repeat(256) });
  });
});
