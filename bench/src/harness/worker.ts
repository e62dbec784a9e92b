import type { FromChild, ToChild } from './messages.ts';
import type { Parameters, Running, Setup } from './task.ts';
import { TASKS, type TaskName } from './tasks.ts';

// The entry of every child process: `worker.js <task> <parameters as JSON>`.

const [name = '', parameters = '{}'] = process.argv.slice(2);

function tell(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, {}, () => {
      resolve();
    });
  });
}

async function fail(error: unknown): Promise<never> {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await tell({ kind: 'failed', reason });
  process.exit(1);
}

/** Linux and macOS tell the peak through getrusage; node turns both into kilobytes. */
function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

async function answer(running: Running, message: ToChild): Promise<void> {
  if (message.kind === 'round') {
    await tell({ kind: 'measured', measured: await running.round() });
    return;
  }
  await running.close();
  await tell({ kind: 'closed', peakMb: peakMb() });
  process.exit(0);
}

async function main(): Promise<void> {
  const load = TASKS[name as TaskName] as (() => Promise<Setup>) | undefined;
  if (!load) throw new Error(`expected one of ${Object.keys(TASKS).join(', ')}, found ${name}`);
  const setup = await load();
  const running = await setup(JSON.parse(parameters) as Parameters as never);
  process.on('message', (message: ToChild) => {
    answer(running, message).catch(fail);
  });
  await tell({ kind: 'ready', info: running.info ?? {} });
}

// A parent that is gone can take no result.
process.on('disconnect', () => process.exit(1));
await main().catch(fail);
