import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { FromChild, ToChild } from './messages.ts';
import type { Measured, Parameters } from './task.ts';
import type { TaskName } from './tasks.ts';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** A task in a process of its own, so that neither memory nor compiled code mixes with another's. */
export interface Child {
  readonly info: Measured;
  round(): Promise<Measured>;
  /** Ends the process and tells the most memory that it ever held, in megabytes. */
  close(): Promise<{ readonly peakMb: number }>;
}

/** @throws Error when the task cannot be set up, with the child's own reason. */
export async function startChild(task: TaskName, parameters: Parameters): Promise<Child> {
  const child = fork(WORKER, [task, JSON.stringify(parameters)], {
    // The child's output goes to our stderr: stdout is for the table alone.
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production' },
  });

  function next<Kind extends FromChild['kind']>(
    kind: Kind,
  ): Promise<Extract<FromChild, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => {
        stopListening();
        reject(new Error(`${task} ended with code ${code}`));
      };
      const heard = (message: FromChild) => {
        stopListening();
        if (message.kind === kind) resolve(message as Extract<FromChild, { kind: Kind }>);
        else if (message.kind === 'failed') reject(new Error(`${task}: ${message.reason}`));
        else reject(new Error(`${task}: expected ${kind}, found ${message.kind}`));
      };
      const stopListening = () => {
        child.off('exit', ended);
        child.off('message', heard);
      };
      child.once('exit', ended);
      child.once('message', heard);
    });
  }

  const tell = (message: ToChild) => child.send(message);
  const { info } = await next('ready');
  return {
    info,
    async round() {
      const answer = next('measured');
      tell({ kind: 'round' });
      return (await answer).measured;
    },
    async close() {
      const answer = next('closed');
      tell({ kind: 'close' });
      const { peakMb } = await answer;
      return { peakMb };
    },
  };
}

/** Runs a task for one round, or for its set-up alone. */
export async function runOnce(
  task: TaskName,
  parameters: Parameters,
): Promise<Measured & { readonly peakMb: number }> {
  const child = await startChild(task, parameters);
  const measured = await child.round();
  const { peakMb } = await child.close();
  return { ...child.info, ...measured, peakMb };
}
