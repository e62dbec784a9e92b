import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import { systemCipher } from '../../../src/adapters/system/cipher.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createMemoryPasswords, createMemoryTokens } from '../../../src/adapters/memory/tokens.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createLiquidRenderer } from '../../../src/adapters/templates/liquid.ts';
import { createPdfReceipts } from '../../../src/adapters/receipts/pdf.ts';
import { systemPhoneNumbers } from '../../../src/adapters/system/phone-numbers.ts';
import { startThread } from '../../../src/adapters/system/thread.ts';
import { createApp } from '../../../src/app/app.ts';
import type { Ports } from '../../../src/app/options.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { STORE_ID } from '../inputs/events.ts';

/** Nothing is expected to go wrong; what does is seen. */
export const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => {
    console.error(message, fields);
  },
  error: (fields, message) => {
    console.error(message, fields);
  },
};

const STORES = [
  {
    id: STORE_ID,
    name: 'Bench',
    currency: 'EUR',
    timezone: 'Europe/Madrid',
    dayStartsAt: '04:00',
    keys: [],
  },
];

export type Stores = Pick<Ports, 'log' | 'readStore' | 'snapshots'>;

/** The system as the product wires it over its embedded stores, with one feature. */
export function openSystem(log: string, documents: string, feature: Feature) {
  const writer = startThread({
    entry: new URL('../../../src/boot/embedded/log-writer-thread.js', import.meta.url),
    youngGenerationMb: 32,
    onFailure: (error) => {
      throw error;
    },
  });
  const eventLog = openSqliteEventLog({
    path: log,
    clock: systemClock,
    ids: systemIds,
    writer: writer.channel,
  });
  const logAndWriter = {
    ...eventLog,
    async close() {
      await eventLog.close();
      await writer.end();
    },
  };
  const readStore = openSqliteReadStore(documents);
  return systemOver({ log: logAndWriter, readStore, snapshots: readStore.snapshots }, feature);
}

export type System = ReturnType<typeof systemOver>;

/** The system over any stores, which it closes at its end. */
export function systemOver(stores: Stores, feature: Feature) {
  const app = createApp({
    ports: {
      ...stores,
      vault: createMemoryVault(systemClock),
      keyRing: createMemoryKeyRing(),
      cipher: systemCipher,
      clock: systemClock,
      ids: systemIds,
      renderer: createLiquidRenderer(),
      phones: systemPhoneNumbers,
      receipts: createPdfReceipts(),
      digest: systemDigest,
      passwords: createMemoryPasswords(systemDigest),
      tokens: createMemoryTokens(systemDigest),
      calendar: createCalendar(() => STORES),
      logger,
    },
    features: [feature],
    shops: () => STORES,
    auditEveryMs: 0,
  });
  return {
    app,
    log: stores.log,
    async close() {
      await app.stop();
      await stores.log.close();
      await stores.readStore.close();
    },
  };
}
