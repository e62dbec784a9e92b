import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** bcrypt is written in JavaScript: on the main thread, each check would stop all requests. */
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const bcrypt = require(workerData.path);
parentPort.on('message', ({ id, secret, hash }) => {
  let matches = false;
  try {
    matches = bcrypt.compareSync(secret, hash);
  } catch {}
  parentPort.postMessage({ id, matches });
});
`;

/** Whether the hash is of that text. One check at a time, on a thread of its own. */
export type BcryptCheck = (secret: string, hash: string) => Promise<boolean>;

interface Answer {
  readonly id: number;
  readonly matches: boolean;
}

interface Asked {
  readonly resolve: (matches: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** The thread starts with the first check: few installations have such hashes. */
export function createBcryptCheck(): BcryptCheck {
  const asked = new Map<number, Asked>();
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const path = createRequire(import.meta.url).resolve('bcryptjs');
    const started = new Worker(CODE, { eval: true, workerData: { path } });
    started.unref();
    started.on('message', ({ id, matches }: Answer) => {
      asked.get(id)?.resolve(matches);
      asked.delete(id);
    });
    started.on('error', (error) => {
      worker = undefined;
      for (const { reject } of asked.values()) reject(error);
      asked.clear();
    });
    return started;
  }

  return (secret, hash) =>
    new Promise((resolve, reject) => {
      const id = (nextId += 1);
      asked.set(id, { resolve, reject });
      worker ??= start();
      worker.postMessage({ id, secret, hash });
    });
}
