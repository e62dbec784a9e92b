import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { environment } from '../../config.ts';
import { createApiClient } from '../api-client.ts';
import { playMorning } from './morning.ts';

const SERVER = fileURLToPath(new URL('../../main.js', import.meta.url));
const ORDERS = new URL('../../../demo/square-orders.json', import.meta.url);

const print = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** Prints the lines of the server, and resolves with its address once it is listening. */
function untilListening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => {
      reject(new Error(`the server ended with code ${code ?? 'none'} before it was listening`));
    });
    if (!server.stdout) return;
    createInterface({ input: server.stdout }).on('line', (line) => {
      print(line);
      const url = /listens at (\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/**
 * Starts the real server, plays a shop's morning through its API, and keeps it running.
 * @returns the exit code once the server has ended.
 */
export async function runDemo(dataDir: string): Promise<number> {
  const server = spawn(process.execPath, [SERVER], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { LOG_LEVEL: 'error', ...environment() },
  });
  const ended = once(server, 'exit') as Promise<[number | null]>;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => server.kill(signal));
  }
  try {
    const url = await untilListening(server);
    const keyFile = join(dataDir, 'api-key.txt');
    const key = /^operator (\S+)$/m.exec(readFileSync(keyFile, 'utf8'))?.[1] ?? '';
    const squareOrders = JSON.parse(readFileSync(ORDERS, 'utf8')) as unknown;
    await playMorning({ client: createApiClient(url, key), url, squareOrders, print });
    print(`\nThe shop is open at ${url} and keeps serving; Ctrl-C stops it.`);
    print(`The pages ask for a key: take one from ${keyFile}`);
    print(`Try the API by hand at ${url}/docs`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    server.kill('SIGTERM');
    await ended;
    return 1;
  }
  const [code] = await ended;
  return code ?? 0;
}
