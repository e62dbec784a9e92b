import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDayFiles } from '../../../src/adapters/audit/day-files.ts';

const line = (n: number, day = '2026-11-30') => ({
  position: `${n}.${n}`,
  day,
  text: JSON.stringify({ position: `${n}.${n}`, n }),
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
});
