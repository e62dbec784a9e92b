import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const SERVER = new URL('../../../dist/main.js', import.meta.url).pathname;
const PROBE = new URL('./probe.preload.mjs', import.meta.url).href;
const ANSWER_MS = 60_000;

/** What the process tells of itself, after a forced collection. Sizes in bytes. */
export interface Probe {
  readonly mainHeap: number;
  readonly projectionHeap: number;
  readonly resident: number;
  readonly handles: number;
  readonly openFiles: number;
  /** Mean time between two rounds of a timer of 5 ms since the last look. */
  readonly loopDelayMs: number;
}

/** The built server in a process of its own, with a probe loaded into it. */
export interface ProbedServer {
  readonly url: string;
  /** @throws Error when it does not answer, or has ended. */
  probe(): Promise<Probe>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** What it wrote to standard error. */
  readonly complaints: () => string;
}

export async function startProbedServer(dataDir: string): Promise<ProbedServer> {
  const child = spawn(process.execPath, ['--expose-gc', '--import', PROBE, SERVER], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      REQUESTS_PER_MINUTE: '0',
      // The connections of the filling shall not be told for those of the tills.
      KEEP_ALIVE_MS: '30000',
    },
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const gone = ended.then(([code, signal]): never => {
    throw new Error(`the server ended with ${code ?? signal}: ${complaints}`);
  });
  // Whoever waits is told; nobody waits all the time.
  gone.catch(() => undefined);
  const listens = new Promise<string>((resolve) => {
    if (!child.stdout) throw new Error('expected the server to have an output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /listens at (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
  });
  const url = await Promise.race([listens, gone]);
  return {
    url,
    async probe() {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = once(child, 'message', { signal }) as Promise<[Probe]>;
      child.send('sample');
      const [probe] = await Promise.race([answer, gone]);
      return probe;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
    complaints: () => complaints,
  };
}
