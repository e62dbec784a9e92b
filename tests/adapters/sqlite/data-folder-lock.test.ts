import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { lockDataFolder, readHolder } from '../../../src/adapters/sqlite/data-folder-lock.ts';
import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import { type Child, startChild } from './child-process.ts';
import { temporaryFolder } from './temporary-log.ts';

const SINCE = '2025-03-01T12:00:00.000Z';
const ADDRESS = 'http://127.0.0.1:8080';
const now = () => SINCE;
/** Starting a process takes its time on a busy machine. */
const TIMEOUT_MS = 30_000;

describe('the lock of the data folder', () => {
  let parent: string;
  let folder: string;
  let holderFile: string;
  const children: Child[] = [];
  beforeEach(() => {
    parent = temporaryFolder();
    folder = join(parent, 'data');
    holderFile = join(folder, 'holder.json');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    rmSync(parent, { recursive: true, force: true });
  });

  async function holdElsewhere(): Promise<Child> {
    const child = startChild('./holder.child.ts', [folder, ADDRESS]);
    children.push(child);
    await child.printed(1);
    return child;
  }

  function refusal(at = folder): UpstreamError {
    try {
      lockDataFolder(at, now);
    } catch (error) {
      if (error instanceof UpstreamError) return error;
      throw error;
    }
    throw new Error('expected the lock to be refused, found it taken');
  }

  it('is acquired in a folder that it creates, and names its holder', () => {
    const lock = lockDataFolder(join(folder, 'deeper'), now);
    expect(readHolder(join(folder, 'deeper'))).toEqual({ pid: process.pid, since: SINCE });
    lock.announce(ADDRESS);
    expect(readHolder(join(folder, 'deeper'))?.address).toBe(ADDRESS);
    lock.release();
  });

  it(
    'is refused to another process, naming pid, time and address of the holder',
    async () => {
      const child = await holdElsewhere();
      const note = readFileSync(holderFile, 'utf8');
      const { code, retryable, message, details } = refusal();
      expect({ code, retryable }).toEqual({ code: 'store_unavailable', retryable: true });
      expect(message).toContain(`process ${child.pid} since ${SINCE} (${ADDRESS})`);
      expect(message).toContain(folder);
      expect(details['holder']).toEqual({ pid: child.pid, since: SINCE, address: ADDRESS });
      expect(readFileSync(holderFile, 'utf8')).toBe(note);
      expect(refusal().message).toBe(message);
    },
    TIMEOUT_MS,
  );

  it('is refused to a second holder in the same process', () => {
    const lock = lockDataFolder(folder, now);
    expect(refusal().message).toContain(`process ${process.pid} since ${SINCE};`);
    lock.release();
  });

  it(
    'is free after its holder was killed',
    async () => {
      const child = await holdElsewhere();
      await child.kill();
      expect(readHolder(folder)?.pid).toBe(child.pid);
      const lock = lockDataFolder(folder, now);
      expect(readHolder(folder)).toEqual({ pid: process.pid, since: SINCE });
      lock.release();
    },
    TIMEOUT_MS,
  );

  it('is free and names no holder after a release, which may be repeated', () => {
    const lock = lockDataFolder(folder, now);
    lock.release();
    expect(existsSync(holderFile)).toBe(false);
    expect(() => lock.release()).not.toThrow();
    const next = lockDataFolder(folder, now);
    lock.release();
    expect(readHolder(folder)?.pid).toBe(process.pid);
    next.release();
  });

  it('is refused without a name when the holder file is half written', () => {
    const lock = lockDataFolder(folder, now);
    for (const half of ['', '{"pid":12', '{}', '"12"', 'null']) {
      writeFileSync(holderFile, half);
      expect(refusal().message).toContain(`another process (${holderFile} names none)`);
    }
    lock.release();
  });

  it('does not overwrite the file of the next holder with a late announcement', () => {
    const lock = lockDataFolder(folder, now);
    lock.release();
    const next = lockDataFolder(folder, now);
    lock.announce(ADDRESS);
    expect(readHolder(folder)).toEqual({ pid: process.pid, since: SINCE });
    next.release();
  });

  it('is acquired whatever a dead holder left in its file', () => {
    mkdirSync(folder);
    writeFileSync(holderFile, '{"pid":12');
    const lock = lockDataFolder(folder, now);
    expect(readHolder(folder)?.pid).toBe(process.pid);
    lock.release();
  });

  it('reports a folder that is a file or below one', () => {
    const file = join(parent, 'file');
    writeFileSync(file, 'kept');
    for (const path of [file, join(file, 'data')]) {
      const { code, message } = refusal(path);
      expect(code).toBe('store_unavailable');
      expect(message).toContain(`expected a writable data folder at ${path}, found `);
    }
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('reports a lock file that cannot be written, and releases the lock', () => {
    for (const name of ['lock.db', 'holder.json']) {
      mkdirSync(join(folder, name), { recursive: true });
      expect(refusal().message).toContain(`expected a writable data folder at ${folder}, found `);
      rmSync(join(folder, name), { recursive: true });
      lockDataFolder(folder, now).release();
    }
  });
});
