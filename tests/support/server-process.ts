import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SERVER = new URL('../../dist/main.js', import.meta.url).pathname;

/** The real server in a child process, as a shop runs it. */
export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Sends SIGKILL and waits for the exit. */
  kill(): Promise<void>;
  /** Sends SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  readonly output: () => string;
}

/** No test reaches a real provider: calls to the machine itself are not allowed. */
const NOWHERE = ['square', 'quickbooks', 'mercadopago']
  .map((provider) => `${provider}=http://127.0.0.1:9`)
  .join(',');

/**
 * Starts the built server and waits until it prints its address. `under` is a command that runs it,
 * such as a tracer with its options.
 */
export async function startServer(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  { under = [] }: { readonly under?: readonly string[] } = {},
): Promise<ServerProcess> {
  const [program, ...wrapped] = under;
  const args = [...(program === undefined ? [] : [...wrapped, process.execPath]), SERVER];
  const child = spawn(program ?? process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' },
      ...{ PROVIDER_URLS: NOWHERE, ...env },
    },
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      const found = /listens at (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    void ended.then(([code]) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return {
    url,
    process: child,
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
}

/** The key of a role from the key file of the first start. */
export function keyOf(dataDir: string, role: 'till' | 'manager' | 'operator'): string {
  const text = readFileSync(join(dataDir, 'api-key.txt'), 'utf8');
  const key = new RegExp(`^${role} (\\S+)$`, 'm').exec(text)?.[1];
  if (key === undefined) throw new Error(`expected a key for ${role}`);
  return key;
}
