import { join } from 'node:path';

import { createMemoryPasswords, createMemoryTokens } from '../../src/adapters/memory/tokens.ts';
import { createPdfReceipts } from '../../src/adapters/receipts/pdf.ts';
import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../src/adapters/sqlite/read-store.ts';
import { openSqliteVault } from '../../src/adapters/sqlite/vault.ts';
import { createCalendar } from '../../src/adapters/system/calendar.ts';
import { systemCipher } from '../../src/adapters/system/cipher.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemDigest } from '../../src/adapters/system/digest.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { openKeyRingFile } from '../../src/adapters/system/key-ring.ts';
import { systemPhoneNumbers } from '../../src/adapters/system/phone-numbers.ts';
import { createLiquidRenderer } from '../../src/adapters/templates/liquid.ts';
import { createApp } from '../../src/app/app.ts';
import type { RecordedEvent } from '../../src/domain/kernel/event.ts';
import { comparePositions, START } from '../../src/domain/kernel/position.ts';
import { features } from '../../src/features/index.ts';
import type { EventLog } from '../../src/ports/event-log.ts';

/** A command that the server said it had carried out. */
export interface Acknowledged {
  readonly key: string;
  readonly position: string | undefined;
}

async function allEvents(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after = START; ;) {
    const page = await log.readAll({ after, limit: 10_000 });
    events.push(...page.events);
    if (page.atHead) return events;
    after = page.position;
  }
}

/**
 * Looks at what a dead server has left in its data folder: all that was acknowledged is there once
 * and whole, no checkpoint is ahead, and once they have caught up the read models equal the log.
 */
export async function checkEverything(
  dataDir: string,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const log = openSqliteEventLog({
    path: join(dataDir, 'log.db'),
    clock: systemClock,
    ids: systemIds,
  });
  const readStore = openSqliteReadStore(join(dataDir, 'documents.db'));
  try {
    const events = await allEvents(log);
    checkLog(events, acknowledged);
    await checkCheckpoints(log, readStore);
    await checkReadModels(dataDir, log, readStore);
  } finally {
    await readStore.close();
    await log.close();
  }
}

function checkLog(events: readonly RecordedEvent[], acknowledged: readonly Acknowledged[]) {
  const byCommand = new Map<string, RecordedEvent[]>();
  const revisions = new Map<string, number>();
  for (const event of events) {
    expect(event.revision).toBe((revisions.get(event.stream) ?? -1) + 1);
    revisions.set(event.stream, event.revision);
    const known = byCommand.get(event.metadata.commandId) ?? [];
    byCommand.set(event.metadata.commandId, [...known, event]);
  }
  for (const { key } of acknowledged) expect(byCommand.has(key)).toBe(true);
  for (const [key, stored] of byCommand) {
    // A full payment is two events in one append: it is there whole or not at all.
    if (key.endsWith('-order')) expect(stored.map((e) => e.type)).toEqual(['OrderPlaced']);
    if (!key.endsWith('-pay')) continue;
    expect(stored.map((e) => e.type)).toEqual(['OrderPaymentRecorded', 'OrderStatusChanged']);
  }
}

async function checkCheckpoints(
  log: EventLog,
  store: ReturnType<typeof openSqliteReadStore>,
): Promise<void> {
  const head = await log.head();
  const names = ['feed', ...(await store.listCollections())];
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const checkpoint = await store.checkpoint(name);
    if (!checkpoint) continue;
    expect(comparePositions(checkpoint.position, head)).toBeLessThanOrEqual(0);
    if (comparePositions(checkpoint.position, START) === 0) continue;
    expect((await log.readAt(checkpoint.position))?.id).toBe(checkpoint.eventId);
  }
}

async function checkReadModels(
  dataDir: string,
  log: EventLog,
  readStore: ReturnType<typeof openSqliteReadStore>,
): Promise<void> {
  const silent = () => undefined;
  const shops = [
    {
      id: 'main',
      name: 'Main',
      currency: 'USD',
      timezone: 'UTC',
      dayStartsAt: '00:00',
      keys: [],
    },
  ];
  const path = join(dataDir, 'vault.db');
  const vault = openSqliteVault({ path, clock: systemClock, ids: systemIds });
  const app = createApp({
    ports: {
      log,
      readStore,
      snapshots: readStore.snapshots,
      vault,
      keyRing: await openKeyRingFile(join(dataDir, 'master-key.json')),
      cipher: systemCipher,
      clock: systemClock,
      ids: systemIds,
      digest: systemDigest,
      renderer: createLiquidRenderer(),
      phones: systemPhoneNumbers,
      receipts: createPdfReceipts(),
      passwords: createMemoryPasswords(systemDigest),
      tokens: createMemoryTokens(systemDigest),
      calendar: createCalendar(() => shops),
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    },
    features,
    shops: () => shops,
    auditEveryMs: 0,
  });
  await app.start();
  try {
    expect(await app.services.projections.whenCaughtUp({ timeoutMs: 20_000 })).toBe(true);
    const reports = await app.services.projections.audit({ heal: false });
    expect(reports).toHaveLength(features.flatMap(({ projections }) => projections).length);
    for (const report of reports) expect(report.damages).toEqual([]);
  } finally {
    await app.stop();
    await vault.close();
  }
}
