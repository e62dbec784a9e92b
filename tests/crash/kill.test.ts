import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../src/adapters/sqlite/read-store.ts';
import { createCalendar } from '../../src/adapters/system/calendar.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemDigest } from '../../src/adapters/system/digest.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { createApp } from '../../src/app.ts';
import { createApiClient, type ApiClient } from '../../src/cli/api-client.ts';
import type { RecordedEvent } from '../../src/domain/kernel/event.ts';
import { comparePositions, START } from '../../src/domain/kernel/position.ts';
import { features } from '../../src/features/index.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { keyOf, startServer } from '../support/server-process.ts';

const KILLS = 25;
const CLIENTS = 8;
const SEED = 20_261_124;

/** A small seeded generator, so that a failing run can be played again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Acknowledged {
  readonly key: string;
  readonly position: string | undefined;
}

/** Places orders and pays them, until the server is gone. Returns what was acknowledged. */
async function trade(api: ApiClient, name: string, after: () => void): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const post = async (path: string, key: string, body: unknown) => {
    const answer = await api.post(path, { key, body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    acknowledged.push({ key, position: answer.position });
    after();
    return answer.body;
  };
  try {
    for (let n = 0; ; n++) {
      const lines = [{ name: 'Bread', quantity: '2', unitPriceMinor: 150 }];
      const order = await post('/orders', `${name}-${n}-order`, { currency: 'USD', lines });
      const payment = { method: 'cash', amountMinor: 300, currency: 'USD' };
      await post(`/orders/${String(order['orderId'])}/payments`, `${name}-${n}-pay`, payment);
    }
  } catch (error) {
    const gone = error instanceof Error && error.message.startsWith('expected a server at');
    if (!gone) throw error;
  }
  return acknowledged;
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

describe('a server that is killed at any moment', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-kill-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('keeps all that it acknowledged, once and whole, and its read models equal the log', async () => {
    const random = seeded(SEED);
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < KILLS; round++) {
      const server = await startServer(dataDir);
      const api = createApiClient(server.url, keyOf(dataDir, 'till'));
      const enough = 1 + Math.floor(random() * 120);
      let count = 0;
      let killed: Promise<void> | undefined;
      const after = () => {
        count += 1;
        if (count >= enough) killed ??= server.kill();
      };
      const clients = Array.from({ length: CLIENTS }, (_, i) =>
        trade(api, `r${round}-c${i}`, after),
      );
      for (const done of await Promise.all(clients)) acknowledged.push(...done);
      await killed;
    }
    await checkEverything(acknowledged);
  }, 300_000);

  async function checkEverything(acknowledged: readonly Acknowledged[]): Promise<void> {
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
      await checkReadModels(log, readStore);
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
    expect(acknowledged.length).toBeGreaterThan(KILLS);
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
    log: EventLog,
    readStore: ReturnType<typeof openSqliteReadStore>,
  ): Promise<void> {
    const silent = () => undefined;
    const stores = [
      {
        id: 'main',
        name: 'Main',
        currency: 'USD',
        timezone: 'UTC',
        dayStartsAt: '00:00',
        keys: [],
      },
    ];
    const app = createApp({
      ports: {
        log,
        readStore,
        snapshots: readStore.snapshots,
        clock: systemClock,
        ids: systemIds,
        digest: systemDigest,
        calendar: createCalendar(stores),
        logger: { debug: silent, info: silent, warn: silent, error: silent },
      },
      features,
      stores,
      auditEveryMs: 0,
    });
    await app.start();
    try {
      expect(await app.services.projections.whenCaughtUp({ timeoutMs: 20_000 })).toBe(true);
      const reports = await app.services.projections.audit({ heal: false });
      expect(reports).toHaveLength(8);
      for (const report of reports) expect(report.damages).toEqual([]);
      expect(reports.find((r) => r.projection === 'order-details')?.documents).toBeGreaterThan(50);
    } finally {
      await app.stop();
    }
  }
});
