import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type PaymentSimulator, startPaymentSimulator } from '../../simulators/payments/server.ts';
import { CALM } from '../../simulators/payments/settings.ts';
import { type SquareSimulator, startSquareSimulator } from '../../simulators/square/server.ts';
import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { formatPosition } from '../../src/domain/kernel/position.ts';
import { filesUnder, ROOT } from '../architecture/project-files.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

/**
 * A `sh` block of a page is run as it stands. A second word says otherwise: `elsewhere` needs other
 * servers or another machine; each line of `choose` is one way out of a state, and is run in it;
 * `stopped` is for a machine whose server is stopped, with an empty data folder.
 */
interface Block {
  readonly page: string;
  readonly how: string;
  readonly script: string;
}

const BLOCK = /^( *)```sh(?: (\w+))?\n([\s\S]*?)^ *```$/gm;
const BLOCKED_AT = '4f0c7a0e-9a55-4b11-8b51-0e8f4c8d1a77';
const ATTEMPTS = 40;
const LIMIT_MS = 180_000;
/** Of the account that a page connects with. */
const TOKEN = 'EAAA-static-token';

/** Its blocks are for one terminal, one after the other. */
const TUTORIAL = 'docs/tutorial/web-shop.md';

const pages = [
  ...filesUnder('docs/how-to', '.md'),
  ...filesUnder('docs/operating', '.md'),
  ...filesUnder('docs/tutorial', '.md').filter(({ path }) => path === TUTORIAL),
];
const blocks: readonly Block[] = pages.flatMap(({ path, text }) =>
  [...text.matchAll(BLOCK)].map(([, indent = '', how = 'run', script = '']) => ({
    page: path,
    how,
    script: script.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  })),
);
const blocksOf = (page: string, ...hows: readonly string[]) =>
  blocks.filter((block) => block.page === page && hows.includes(block.how));

let home: string;
let dataDir: string;
let server: ServerProcess;
let provider: PaymentSimulator;
let square: SquareSimulator;
let spoiledAt: string;

/** What the pages expect to be there: the commands on the path, and files to import. */
function furnish(): void {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const command = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  command('tillstream', `exec "${process.execPath}" "${ROOT}/dist/cli/main.js" "$@"`);
  command('node', `exec "${process.execPath}" "$@"`);
  // The tests are built already.
  command('npm', 'exit 0');
  // An answer that refuses must fail the script.
  command('curl', 'exec /usr/bin/env -i PATH=/usr/bin:/bin curl --fail-with-body -sS "$@"');
  for (const folder of ['dist', 'demo']) symlinkSync(join(ROOT, folder), join(home, folder));
  cpSync(join(ROOT, 'demo/square-orders.json'), join(home, 'orders.json'));
  writeFileSync(join(home, 'token.txt'), `${TOKEN}\n`);
}

function environment(folder: string): Record<string, string> {
  return {
    PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
    HOME: home,
    DATA_DIR: folder,
    PORT: new URL(server.url).port,
    TILL: server.url,
    KEY: keyOf(dataDir, 'manager'),
    MANAGER: keyOf(dataDir, 'manager'),
    OPERATOR: keyOf(dataDir, 'operator'),
  };
}

async function shell(script: string, folder = dataDir): Promise<{ code: unknown; output: string }> {
  const child = spawn('/bin/sh', ['-e', '-c', script], { cwd: home, env: environment(folder) });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output };
}

async function expectRuns(script: string, folder?: string): Promise<void> {
  const { code, output } = await shell(script, folder);
  expect({ script, code, output }).toMatchObject({ code: 0 });
}

/** Each command of a block by itself: a line that ends with a backslash goes on. */
function commandsOf({ script }: Block): string[] {
  return script
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

async function sell(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const response = await fetch(`${server.url}/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `sale-${i}`,
        authorization: `Bearer ${keyOf(dataDir, 'till')}`,
      },
      body: JSON.stringify({
        currency: 'USD',
        lines: [{ name: 'Tea', quantity: '1', unitPriceMinor: 300 }],
      }),
    });
    expect(response.status).toBe(202);
  }
}

/** Appends an event that this software cannot read, as a newer one would have. */
async function spoil(): Promise<void> {
  const path = join(dataDir, 'log.db');
  const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
  const { events } = await log.readAll({
    after: { commit: -1n, prepare: -1n },
    limit: 1,
    categories: ['order'],
  });
  const [first] = events;
  if (!first) throw new Error('expected an order');
  const { type, data, metadata, stream } = first;
  const last = (await log.readStream(stream, { direction: 'backwards', limit: 1 }))[0];
  const event = { id: BLOCKED_AT, type, data, metadata: { ...metadata, schemaVersion: 9 } };
  const outcome = await log.append(stream, last?.revision ?? 0, [event]);
  if (outcome.outcome !== 'done') throw new Error('expected the event to be appended');
  spoiledAt = formatPosition(outcome.position);
  await log.close();
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tillstream-runbooks-'));
  dataDir = join(home, 'data');
  furnish();
  provider = await startPaymentSimulator({ settings: CALM });
  square = await startSquareSimulator({ accessToken: TOKEN });
  server = await startServer(dataDir, {
    PROVIDER_URLS: `square=${square.url}`,
    PAYMENT_PROVIDER_URL: provider.url,
    PAYMENT_PROVIDER_KEY: 'trial',
    OUTGOING_ALLOWED: '127.0.0.1',
  });
  await sell(20);
}, LIMIT_MS);
afterAll(async () => {
  await server.stop();
  await provider.stop();
  await square.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('the commands of the pages', () => {
  const BLOCKED = [
    'docs/how-to/handle-a-blocked-projection.md',
    'docs/operating/blocked-projection.md',
  ];
  const plain = pages.map(({ path }) => path).filter((path) => !BLOCKED.includes(path));

  it('are marked in a known way', () => {
    expect(blocks.length).toBeGreaterThan(25);
    const known = ['run', 'choose', 'stopped', 'elsewhere'];
    expect(blocks.filter(({ how }) => !known.includes(how))).toEqual([]);
  });

  it.each(plain.filter((page) => blocksOf(page, 'run').length > 0))(
    'run word by word: %s',
    async (page) => {
      const scripts = blocksOf(page, 'run').map(({ script }) => script);
      const joined = page === TUTORIAL ? [scripts.join('\n')] : scripts;
      for (const script of joined) await expectRuns(script);
    },
    LIMIT_MS,
  );

  it(
    'lead from a blocked read model back to a live one',
    async () => {
      await server.stop();
      await spoil();
      for (const page of BLOCKED) {
        for (const block of blocksOf(page, 'run', 'choose')) {
          for (const command of commandsOf(block)) {
            const target = page === BLOCKED[0] ? 'how-to' : 'operating';
            await inBlockedState(target, command.replaceAll('4711.4711', spoiledAt));
          }
        }
      }
      server = await startServer(dataDir);
    },
    LIMIT_MS,
  );

  it(
    'restore a backup into an empty data folder',
    async () => {
      const stopped = blocks.filter(({ how }) => how === 'stopped');
      expect(stopped.length).toBeGreaterThan(1);
      for (const [i, { script }] of stopped.entries()) {
        await expectRuns(script, join(home, `empty-${i}`));
      }
    },
    LIMIT_MS,
  );

  /** Runs one command while a copy of the spoiled folder is served, once it is blocked. */
  async function inBlockedState(name: string, command: string): Promise<void> {
    const original = dataDir;
    const copy = mkdtempSync(join(home, `${name}-`));
    cpSync(original, copy, { recursive: true });
    dataDir = copy;
    server = await startServer(copy);
    try {
      for (let tries = 1; ; tries++) {
        const { code, output } = await shell(command);
        if (code === 0) break;
        if (tries === ATTEMPTS || !output.includes('projection_not_blocked')) {
          expect({ command, code, output }).toMatchObject({ code: 0 });
        }
        await pause(100);
      }
    } finally {
      await server.stop();
      dataDir = original;
      rmSync(copy, { recursive: true, force: true });
    }
  }
});
