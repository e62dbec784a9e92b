import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { parseArguments, UsageError } from './arguments.ts';
import { describeMachine } from './machine.ts';
import { loadEmmett } from './peer/emmett.ts';
import type { Row, RowContext } from './rows/row.ts';
import { ROWS } from './rows/rows.ts';
import { formatTable } from './table.ts';

const began = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  process.stderr.write(`[${seconds.padStart(4)} s] ${text}\n`);
}

async function whyNoPeer(): Promise<string | undefined> {
  try {
    await loadEmmett();
    return undefined;
  } catch (error) {
    const [line] = String(error).split('\n');
    return `the peer could not be loaded (npm --prefix bench ci): ${line}`;
  }
}

/** Generated inputs live as long as the run; with BENCH_INPUTS they are kept there for the next. */
function createInputs(work: string): RowContext['input'] {
  const kept = process.env['BENCH_INPUTS'];
  const folder = kept === undefined ? join(work, 'inputs') : resolve(kept);
  mkdirSync(folder, { recursive: true });
  return async (name, make) => {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    const unfinished = `${path}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    await make(unfinished);
    for (const end of ['-wal', '-shm']) rmSync(`${unfinished}${end}`, { force: true });
    renameSync(unfinished, path);
    return path;
  };
}

async function runRows(work: string, only: readonly string[] | undefined): Promise<Row[]> {
  const peerMissing = await whyNoPeer();
  const input = createInputs(work);
  const rows: Row[] = [];
  for (const row of ROWS) {
    if (only && !only.includes(row.name)) continue;
    const folder = join(work, row.name);
    mkdirSync(folder);
    progress(row.name);
    rows.push(await row.run({ folder, peerMissing, progress, input }));
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

async function main(): Promise<void> {
  const { json, only } = parseArguments(
    process.argv.slice(2),
    ROWS.map(({ name }) => name),
  );
  const parent = resolve(process.env['BENCH_DIR'] ?? tmpdir());
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, 'tillstream-bench-'));
  const remove = () => {
    rmSync(work, { recursive: true, force: true });
  };
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('exit', remove);
  const machine = describeMachine();
  const rows = await runRows(work, only);
  if (json !== undefined) {
    mkdirSync(dirname(resolve(json)), { recursive: true });
    const flat = rows.map(({ extra, ...row }) => ({ ...row, ...extra }));
    writeFileSync(json, `${JSON.stringify({ machine, rows: flat }, null, 2)}\n`);
  }
  process.stdout.write(formatTable(machine, rows));
}

await main().catch((error: unknown) => {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${error instanceof UsageError ? message : stack}\n`);
  process.exitCode = 1;
});
