import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { Report } from '../simulate.ts';
import type { Job } from './job.ts';

const CHILD = fileURLToPath(new URL('./worker.child.ts', import.meta.url));
/** No world takes so long: one that does is caught in a loop. */
const LIMIT_MS = 120_000;
/** Most of what a world makes is gone before so much is made: it is then never copied. */
const HEAP = ['--max-semi-space-size=32'];

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
export function createPool(size = availableParallelism()): Pool {
  const waiting: Waiting[] = [];
  const free: ChildProcess[] = [];
  const all = new Set<ChildProcess>();

  function start(): ChildProcess {
    const child = fork(CHILD, [], {
      execArgv: [...process.execArgv, ...HEAP],
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
