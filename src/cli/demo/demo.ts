import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { environment } from '../../config.ts';
import { createApiClient } from '../api-client.ts';
import { playEvening } from './evening.ts';
import { playMorning } from './morning.ts';
import { createStory } from './story.ts';
import { playWebShop } from './web-shop.ts';

const SERVER = fileURLToPath(new URL('../../main.js', import.meta.url));
/** A payment provider for the demonstration, as a server of its own. */
const PROVIDER = fileURLToPath(new URL('../../payment-simulator.js', import.meta.url));
const ORDERS = new URL('../../../demo/square-orders.json', import.meta.url);

const print = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** Prints the lines of a server, and resolves with its address once it is listening. */
function untilListening(server: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => {
      reject(new Error(`the ${name} ended with code ${code ?? 'none'} before it was listening`));
    });
    if (!server.stdout) return;
    createInterface({ input: server.stdout }).on('line', (line) => {
      print(line);
      const url = / at (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function start(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'], env });
}

/**
 * Starts the real server and a simulated payment provider, plays a shop's day through the server's
 * API, and keeps both running.
 * @returns the exit code once the server has ended.
 */
export async function runDemo(dataDir: string): Promise<number> {
  const provider = start(PROVIDER, {});
  const running: ChildProcess[] = [provider];
  const stop = (signal: NodeJS.Signals) => {
    for (const each of running) each.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  try {
    const server = start(SERVER, {
      LOG_LEVEL: 'error',
      ...environment(),
      PAYMENT_PROVIDER_URL: await untilListening(provider, 'payment simulator'),
      PAYMENT_PROVIDER_KEY: 'demo',
      OUTGOING_ALLOWED: '127.0.0.1',
    });
    running.push(server);
    const ended = once(server, 'exit') as Promise<[number | null]>;
    await playDay(await untilListening(server, 'server'), dataDir);
    const [code] = await ended;
    stop('SIGTERM');
    return code ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    stop('SIGTERM');
    return 1;
  }
}

async function playDay(url: string, dataDir: string): Promise<void> {
  const keyFile = join(dataDir, 'api-key.txt');
  const key = /^operator (\S+)$/m.exec(readFileSync(keyFile, 'utf8'))?.[1] ?? '';
  const squareOrders = JSON.parse(readFileSync(ORDERS, 'utf8')) as unknown;
  const story = createStory({ client: createApiClient(url, key), url, print });
  await playMorning(story, squareOrders);
  await playWebShop(story);
  await playEvening(story);
  print(`\nThe shop is open at ${url} and keeps serving; Ctrl-C stops it.`);
  print(`The pages ask for a key: take one from ${keyFile}`);
  print(`Try the API by hand at ${url}/docs`);
}
