import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDayFiles } from '../../../src/adapters/audit/day-files.ts';

const line = (n: number, day = '2026-11-30', more: object = {}) => ({
  eventId: `evt_${n}_abc`,
  position: `${n}.${n}`,
  day,
  text: JSON.stringify({
    storeId: 'a',
    eventId: `evt_${n}_abc`,
    position: `${n}.${n}`,
    n,
    ...more,
  }),
});

describe('Files of audit records', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const numbers = (name: string) =>
    readFileSync(join(folder, 'files', name), 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => (JSON.parse(text) as { n: number }).n);

  it('are one for each day, for their owner alone', async () => {
    const files = createDayFiles(join(folder, 'files'));

    await files.append([line(1), line(2), line(3, '2026-12-01')]);

    expect(readdirSync(join(folder, 'files'))).toEqual([
      'audit-2026-11-30.log',
      'audit-2026-12-01.log',
    ]);
    expect(numbers('audit-2026-11-30.log')).toEqual([1, 2]);
    expect(statSync(join(folder, 'files', 'audit-2026-11-30.log')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'files')).mode & 0o777).toBe(0o700);
  });

  it('hold no record twice, also after a crash in the middle of a line', async () => {
    const path = join(folder, 'files');
    await createDayFiles(path).append([line(9), line(10)]);
    appendFileSync(join(path, 'audit-2026-11-30.log'), '{"position":"11.11","n"');

    await createDayFiles(path).append([line(10), line(11), line(12)]);

    expect(numbers('audit-2026-11-30.log')).toEqual([9, 10, 11, 12]);
  });

  it('hold every record after a restore, when the log has others at the same positions', async () => {
    const path = join(folder, 'files');
    await createDayFiles(path).append([line(1), line(2), line(3)]);
    const other = { ...line(20), position: '2.2' };

    const files = createDayFiles(path);
    await files.append([line(1), other]);
    await files.append([other, line(21)]);

    expect(numbers('audit-2026-11-30.log')).toEqual([1, 2, 3, 20, 21]);
  });

  it('go on after a line of any size', async () => {
    const path = join(folder, 'files');
    const large = line(1, '2026-11-30', { text: 'x'.repeat(5 * 1_048_576) });
    await createDayFiles(path).append([large]);

    await createDayFiles(path).append([large, line(2)]);

    expect(numbers('audit-2026-11-30.log')).toEqual([1, 2]);
  });

  it('see what another writer added, and a file that took the place of the first', async () => {
    const path = join(folder, 'files');
    const files = createDayFiles(path);
    await files.append([line(1)]);
    await createDayFiles(path).append([line(2)]);
    await files.append([line(2), line(3)]);
    expect(numbers('audit-2026-11-30.log')).toEqual([1, 2, 3]);

    renameSync(join(path, 'audit-2026-11-30.log'), join(path, 'old'));
    await files.append([line(3), line(4)]);

    expect(numbers('audit-2026-11-30.log')).toEqual([3, 4]);
  });
});
