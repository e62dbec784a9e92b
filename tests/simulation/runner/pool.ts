import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';

import type { Report } from '../simulate.ts';
import { bundleWorker } from './bundle.ts';
import type { Job } from './job.ts';

/** No world takes so long: one that does is caught in a loop. */
const LIMIT_MS = 120_000;
/**
 * Several worlds fit into the young generation, so that most of what they make is never copied. The
 * old generation is seldom collected, since V8 then forgets what it compiled of functions that are
 * not in use at that moment. As many processes as cores leave none for helpers.
 */
const V8 = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--initial-heap-size=768',
  '--single-threaded-gc',
];

export interface Pool {
  readonly size: number;
  /** Lives through a world in a process that is free; waits for one. */
  run(job: Job): Promise<Report>;
  close(): void;
}

interface Waiting {
  readonly job: Job;
  readonly done: (report: Report) => void;
}

function failed({ seed }: Job, message: string): Report {
  const failure = { rule: 'no-bug', message, step: 0 };
  return { seed, steps: 0, commands: 0, hash: 0, failure, trace: [] };
}

/** As many processes as there are cores. */
export async function createPool(size = availableParallelism()): Promise<Pool> {
  const worker = await bundleWorker();
  const waiting: Waiting[] = [];
  const free: ChildProcess[] = [];
  const all = new Set<ChildProcess>();

  function start(): ChildProcess {
    const child = fork(worker, [], {
      execArgv: V8,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    all.add(child);
    return child;
  }

  function give(child: ChildProcess, { job, done }: Waiting): void {
    const end = (report: Report, heir: ChildProcess) => {
      clearTimeout(timer);
      child.removeAllListeners();
      const next = waiting.shift();
      if (next) give(heir, next);
      else free.push(heir);
      done(report);
    };
    const replaced = (message: string) => {
      all.delete(child);
      child.removeAllListeners();
      child.kill('SIGKILL');
      end(failed(job, message), start());
    };
    const timer = setTimeout(
      () => replaced(`the world came to no end in ${LIMIT_MS} ms`),
      LIMIT_MS,
    );
    child.once('message', (report: Report) => end(report, child));
    child.once('exit', (code, signal) => replaced(`the process ended (${code ?? signal})`));
    child.send(job);
  }

  for (let i = 0; i < size; i++) free.push(start());
  return {
    size,
    run: (job) =>
      new Promise((done) => {
        const child = free.pop();
        if (child) give(child, { job, done });
        else waiting.push({ job, done });
      }),
    close() {
      for (const child of all) child.removeAllListeners().kill('SIGKILL');
    },
  };
}
