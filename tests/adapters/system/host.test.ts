import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createSystemHost } from '../../../src/adapters/system/host.ts';
import { STARTS_FILE } from '../../../src/adapters/system/starts-file.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);

describe('The host', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tillstream-host-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  function startAt(nowMs: number) {
    const host = createSystemHost({ dataDir, nowMs });
    host.close();
    return host;
  }

  it('counts the starts of the last hour over restarts', () => {
    startAt(NOW - HOUR_MS - 1);
    startAt(NOW - 60_000);
    const host = startAt(NOW);

    expect(host.startsLastHour(NOW)).toBe(2);
    expect(host.startsLastHour(NOW + HOUR_MS + 1)).toBe(0);
  });

  it('leaves a file that only its owner can read', async () => {
    startAt(NOW);

    const { mode } = await stat(join(dataDir, STARTS_FILE));
    expect(mode & 0o077).toBe(0);
  });

  it.each(['no JSON', '{}', '["text"]', '[99999999999999]'])(
    'starts with a file of starts that holds %s',
    async (content) => {
      await writeFile(join(dataDir, STARTS_FILE), content);
      expect(startAt(NOW).startsLastHour(NOW)).toBe(1);
    },
  );

  it('starts where the folder cannot be written', () => {
    const host = createSystemHost({ dataDir: join(dataDir, 'missing'), nowMs: NOW });
    host.close();
    expect(host.startsLastHour(NOW)).toBe(1);
  });

  it('measures the disk of the data folder', async () => {
    const disk = await startAt(NOW).disk();
    expect(disk?.totalBytes).toBeGreaterThan(0);
    expect(disk?.freeBytes).toBeLessThanOrEqual(disk?.totalBytes ?? 0);
  });

  it('knows neither disk nor starts where no data is on this machine', async () => {
    const host = createSystemHost({ dataDir: undefined, nowMs: NOW });
    host.close();
    expect(await host.disk()).toBeUndefined();
    expect(host.startsLastHour(NOW)).toBeUndefined();
  });
});
