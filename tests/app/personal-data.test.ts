import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { createMemoryKeyRing } from '../../src/adapters/memory/key-ring.ts';
import { createMemoryVault } from '../../src/adapters/memory/vault.ts';
import { systemCipher } from '../../src/adapters/system/cipher.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { maintainKeys } from '../../src/app/personal-data.ts';
import { createCommandEngine } from '../../src/engine/commands/command-engine.ts';
import { createSealedCredentials } from '../../src/engine/credentials/sealed-credentials.ts';
import { createCallerOrigins } from '../../src/engine/personal-data/caller-origins.ts';
import type { MasterKeys } from '../../src/engine/personal-data/master-keys.ts';
import { createSubjectKeys } from '../../src/engine/personal-data/subject-keys.ts';
import { eventTypesOf } from '../../src/features/event-types.ts';
import { features } from '../../src/features/index.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const DAY_MS = 86_400_000;
const ORIGIN = { address: '203.0.113.7' };
const shops = () => [
  { id: 'a', name: 'A', currency: 'EUR', timezone: 'UTC', dayStartsAt: '00:00', keys: [] },
];
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

describe('The keys of personal data', () => {
  it('of old origins are destroyed while the system runs, also those of the system', async () => {
    const clock = createFakeClock(Date.UTC(2026, 0, 15));
    const keyRing = createMemoryKeyRing();
    await keyRing.add({ id: 'key_1', key: systemCipher.newKey() });
    const vault = createMemoryVault(clock);
    const keys = createSubjectKeys({ vault, keyRing, cipher: systemCipher, clock });
    const parts = { keys, cipher: systemCipher, clock, logger, retentionMonths: 12 };
    const origins = createCallerOrigins(parts);
    const credentials = createSealedCredentials({ vault, keys, cipher: systemCipher });
    const commands = createCommandEngine({
      ...{ log: createMemoryEventLog({ clock, ids: systemIds }), clock, ids: systemIds },
      types: eventTypesOf(features),
    });
    const stores = ['a', 'system'];
    for (const storeId of stores) await origins.seal(storeId, ORIGIN);
    const masterKeys = { maintain: () => Promise.resolve() } as MasterKeys;
    const stopping = new AbortController();
    await clock.advance(382 * DAY_MS);

    const running = maintainKeys(
      { masterKeys, origins, credentials },
      { shops, commands },
      { clock, logger },
      stopping.signal,
    );
    await clock.untilSleeping();
    stopping.abort();
    await running;

    for (const storeId of stores) {
      const found = await keys.find({ storeId, id: 'origins.2026-01' });
      expect([storeId, found]).toEqual([storeId, 'erased']);
    }
  });
});
