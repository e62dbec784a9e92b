import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { readConfig } from '../../src/config.ts';
import { backUp } from '../../src/maintenance/backup.ts';
import { exportLog } from '../../src/maintenance/transfer/export-log.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';
import { checkEverything } from './checkers.ts';

const LONG_MS = 240_000;
const CUSTOMERS = 50;
/** Longest time after which nothing readable may be left. */
const ERASED_MS = 60_000;
const POLL_MS = 100;

let folder: string;
let dataDir: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillstream-erasure-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  await server?.kill();
  rmSync(folder, { recursive: true });
});

/** Texts that stand nowhere else. A search index holds words without case, and digits. */
const marksOf = (i: number) => ({
  name: `Qzmark${i}x Wvruiz${i}y`,
  phone: `+34 9${String(730_551 + i * 1_009).padStart(7, '0')}`,
  email: `qzmail${i}@example.com`,
});
const patterns = Array.from({ length: CUSTOMERS }, (_, i) => {
  const { name, phone, email } = marksOf(i);
  const [first = '', last = ''] = name.split(' ');
  return [first, last, email, phone, phone.replace(/\D/g, '')];
}).flat();

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
}

/** Files with a mark in them, byte by byte and without regard to case. */
function found(path: string): string[] {
  return filesIn(path).flatMap((file) => {
    const text = readFileSync(file, 'latin1').toLowerCase();
    const marks = patterns.filter((mark) => text.includes(mark.toLowerCase()));
    return marks.length > 0 ? [`${file}: ${marks.slice(0, 3).join(', ')}`] : [];
  });
}

async function call(method: string, path: string, key: string, body?: unknown) {
  const response = await fetch(new URL(path, server?.url), {
    method,
    headers: {
      authorization: `Bearer ${keyOf(dataDir, 'operator')}`,
      'idempotency-key': key,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const erase = (id: string, key: string) =>
  call('DELETE', `/customers/${id}/personal-data`, key, { reason: 'request of the customer' });

async function openCustomers(): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < CUSTOMERS; i++) {
    const body = { currency: 'USD', ...marksOf(i) };
    const opened = await call('POST', '/customers', `open-${i}`, body);
    expect(opened.status).toBe(201);
    const { customerId } = JSON.parse(opened.text) as { customerId: string };
    ids.push(customerId);
    const changed = { name: `${marksOf(i).name} Del${i}` };
    await call('PUT', `/customers/${customerId}`, `change-${i}`, changed);
    const debt = { amountMinor: 100 + i, currency: 'USD' };
    expect((await call('POST', `/customers/${customerId}/debts`, `debt-${i}`, debt)).status).toBe(
      201,
    );
  }
  return ids;
}

describe('The erasure of 50 customers, with a kill in the middle', () => {
  it(
    'leaves no mark in any file, export, backup, log line or metric, and keeps the sums',
    async () => {
      server = await startServer(dataDir, { LOG_LEVEL: 'debug' });
      const ids = await openCustomers();
      expect(found(dataDir)).not.toEqual([]);
      for (const [i, id] of ids.slice(0, 20).entries()) {
        expect((await erase(id, `erase-${i}`)).status).toBe(200);
      }
      const cutOff = ids
        .slice(20, 40)
        .map((id, i) => erase(id, `erase-${20 + i}`).catch(() => undefined));
      await Promise.race(cutOff);
      const output = server.output();
      await server.kill();
      await Promise.all(cutOff);

      server = await startServer(dataDir, { LOG_LEVEL: 'debug' });
      for (const [i, id] of ids.entries()) {
        expect((await erase(id, `erase-${i}`)).status).toBe(200);
      }
      const untilMs = Date.now() + ERASED_MS;
      while (found(dataDir).length > 0 && Date.now() < untilMs) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      expect(found(dataDir)).toEqual([]);

      const config = readConfig({ DATA_DIR: dataDir });
      await backUp(config, join(folder, 'backup'), true);
      const answers = [
        await call('GET', '/customers?limit=200', 'none'),
        await call('GET', '/history?limit=200', 'none'),
        await call('GET', '/metrics', 'none'),
      ];
      const [list] = answers;
      const { items } = JSON.parse(list?.text ?? '') as { items: { balanceMinor: number }[] };
      expect(items.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0)).toBe(
        ids.reduce((sum, _, i) => sum + 100 + i, 0),
      );
      expect(await server.stop()).toBe(0);
      const spoken = [output, server.output(), ...answers.map(({ text }) => text)].join('\n');
      expect(patterns.filter((mark) => spoken.includes(mark))).toEqual([]);
      server = undefined;
      const log = openSqliteEventLog({
        path: join(dataDir, 'log.db'),
        clock: systemClock,
        ids: systemIds,
      });
      await exportLog({ log, folder: join(folder, 'export'), progress: () => undefined });
      await log.close();
      expect(found(folder)).toEqual([]);
      await checkEverything(dataDir, []);
    },
    LONG_MS,
  );
});
