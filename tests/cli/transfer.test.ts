import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import type { NewEvent } from '../../src/domain/kernel/event.ts';
import { exportLog } from '../../src/maintenance/transfer/export-log.ts';
import { importLog, verifyExport } from '../../src/maintenance/transfer/import-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { eventsOf } from '../support/projection-world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillstream-transfer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const nothing = () => undefined;
const memoryLog = () => createMemoryEventLog({ clock: systemClock, ids: systemIds });
const someEvent = (text: string): NewEvent => ({
  id: systemIds.uuid(),
  type: 'NoteWritten',
  data: { text, personal: { name: 'Zoë \u{1F600}' } },
  metadata: {
    storeId: 'a',
    commandId: text,
    fields: {},
    correlationId: text,
    causationId: text,
    actor: { kind: 'key', id: 'till' },
    schemaVersion: 1,
  },
});

/** Three streams whose events stand mixed in the log. */
async function filledLog(rounds: number): Promise<EventLog> {
  const log = memoryLog();
  for (let round = 0; round < rounds; round++) {
    for (const name of ['x', 'y', 'z']) {
      const expected = round === 0 ? 'no-stream' : round * 2 - 1;
      const pair = [someEvent(`${name}${round}`), someEvent(`${name}${round}!`)];
      const { outcome } = await log.append(`order-a.${name}`, expected, pair);
      expect(outcome).toBe('done');
    }
  }
  return log;
}

const contentOf = async (log: EventLog) =>
  (await eventsOf(log)).map(({ position: _place, ...event }) => event);

async function exported(log: EventLog, name = 'export', maxFileEvents = 10): Promise<string> {
  const target = join(folder, name);
  await exportLog({ log, folder: target, progress: nothing, maxFileEvents });
  return target;
}

const bring = (log: EventLog, from: string, appendBatchSize = 4) =>
  importLog({ log, folder: from, appendBatchSize, progress: nothing });

describe('An export', () => {
  it('fills an empty log with the same streams, ids, times and order', async () => {
    const log = await filledLog(8);
    const from = await exported(log);
    const target = openSqliteEventLog({
      path: join(folder, 'log.db'),
      clock: systemClock,
      ids: systemIds,
    });
    const { imported, found, manifest } = await bring(target, from);

    expect({ imported, found, files: manifest.files.length }).toEqual({
      imported: 48,
      found: 0,
      files: 5,
    });
    expect(await contentOf(target)).toEqual(await contentOf(log));
    const again = await exportLog({
      log: target,
      folder: join(folder, 'again'),
      progress: nothing,
    });
    expect(again.hash).toBe(manifest.hash);
    await target.close();
  });

  it('of an empty log is one of no events', async () => {
    const from = await exported(memoryLog());

    expect(await bring(memoryLog(), from)).toMatchObject({ imported: 0, found: 0 });
  });

  it('goes into an empty folder only', async () => {
    const log = await filledLog(1);
    await exported(log);

    await expect(exported(log)).rejects.toThrow(/expected an empty folder at/);
  });

  it('is not one before its manifest is there', async () => {
    const from = await exported(await filledLog(1));
    rmSync(join(from, 'manifest.json'));

    await expect(bring(memoryLog(), from)).rejects.toThrow(/expected the manifest of a finished/);
  });

  it('reports file and line of any changed byte', async () => {
    const from = await exported(await filledLog(4), 'export', 6);
    const names = readdirSync(from).filter((name) => name.endsWith('.jsonl'));
    expect(names).toHaveLength(4);
    for (const name of names) {
      const path = join(from, name);
      const whole = readFileSync(path);
      for (let at = 3; at < whole.length; at += 193) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] as number) ^ 1;
        writeFileSync(path, changed);
        const before = whole.subarray(0, at);
        const line = before.filter((byte) => byte === 10).length + 1;
        await expect(verifyExport(from, nothing)).rejects.toThrow(`${name}:${line}: `);
      }
      writeFileSync(path, whole);
    }
    await expect(verifyExport(from, nothing)).resolves.toMatchObject({ events: 24 });
  });

  it('reports a truncated file, a missing one, and a changed manifest', async () => {
    const from = await exported(await filledLog(4), 'export', 6);
    const path = join(from, 'events-000002.jsonl');
    const whole = readFileSync(path);
    const cutAt = whole.lastIndexOf(10, whole.length - 2) + 1;
    writeFileSync(path, whole.subarray(0, cutAt));
    await expect(verifyExport(from, nothing)).rejects.toThrow(
      'events-000002.jsonl:6: expected 6 events',
    );
    writeFileSync(path, whole.subarray(0, -1));
    await expect(verifyExport(from, nothing)).rejects.toThrow('events-000002.jsonl:6: expected a');
    rmSync(path);
    await expect(verifyExport(from, nothing)).rejects.toThrow('expected the file events-000002');
    writeFileSync(path, whole);
    const manifest = readFileSync(join(from, 'manifest.json'), 'utf8');
    writeFileSync(join(from, 'manifest.json'), manifest.replace('"events": 24', '"events": 23'));
    await expect(verifyExport(from, nothing)).rejects.toThrow('it was changed');
  });
});

describe('An import', () => {
  it('writes nothing when the export was changed anywhere', async () => {
    const from = await exported(await filledLog(4), 'export', 6);
    const path = join(from, 'events-000004.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('z3!', 'z3?'));
    const target = memoryLog();

    await expect(bring(target, from)).rejects.toThrow('events-000004.jsonl:6: expected hash');
    expect(target.recorded).toEqual([]);
  });

  it('rejects a log with other content, and does not change it', async () => {
    const from = await exported(await filledLog(2));
    const other = await filledLog(1);
    const before = await contentOf(other);

    await expect(bring(other, from)).rejects.toThrow(
      /expected an empty log, .*events-000001.jsonl:1/,
    );
    expect(await contentOf(other)).toEqual(before);
    const longer = await filledLog(3);
    const shorter = await exported(longer, 'shorter');
    await longer.append('order-a.more', 'no-stream', [someEvent('more')]);
    await expect(bring(longer, shorter)).rejects.toThrow('the export has fewer events');
  });

  it.each([1, 3, 7])('continues where it was interrupted, after %i appends', async (appends) => {
    const log = await filledLog(6);
    const from = await exported(log);
    const target = memoryLog();
    let left = appends;
    const dying: EventLog = {
      ...target,
      async append(stream, expected, events) {
        left -= 1;
        if (left >= 0) return target.append(stream, expected, events);
        return { outcome: 'unknown', error: new Error('gone') };
      },
    };

    await expect(bring(dying, from, 1)).rejects.toThrow(/unknown: gone\. Run it again/);
    expect(await bring(target, from, 1)).toMatchObject({ found: appends * 2 });
    expect(await contentOf(target)).toEqual(await contentOf(log));
    expect(await bring(target, from, 1)).toMatchObject({ imported: 0, found: 36 });
  });
});
