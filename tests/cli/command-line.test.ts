import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFirstShop } from '../../src/adapters/system/shops-file.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const CLI = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillstream-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function tillstream(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], DATA_DIR: folder, ...env },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text } satisfies Result;
}

describe('the command line', () => {
  it('says its version, and leaves the option of that name to a command', async () => {
    expect(await tillstream(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
    const rebuild = await tillstream(['projections', 'rebuild', 'all', '--version', '2']);
    expect(rebuild).toMatchObject({ code: 1, out: '' });
  });

  it('says what fails in one line without names of its code, or as JSON', async () => {
    const plain = await tillstream(['projections', 'list']);
    expect(plain.code).toBe(1);
    expect(plain.err).toMatch(
      /^expected an API key in .*api-key.txt \(or give --key or TILLSTREAM_KEY\)/,
    );
    expect(plain.err.trim().split('\n')).toHaveLength(1);
    const json = await tillstream(['projections', 'list', '--json']);
    expect(JSON.parse(json.err)).toEqual({ error: { code: 'failed', message: plain.err.trim() } });
    const badConfig = await tillstream(['keys', 'list'], { PORT: 'x' });
    expect(badConfig.err).toBe(
      'the configuration is not valid:\n  PORT: expected a whole number from 0 to 65535, found "x"\n',
    );
    const badArguments = await tillstream(['projections', 'skip', '--json']);
    expect(JSON.parse(badArguments.err)).toMatchObject({ error: { code: 'invalid_arguments' } });
  });

  it('takes its key from the environment', async () => {
    const env = { TILLSTREAM_KEY: 'some-key', PORT: '1' };
    const { err } = await tillstream(['projections', 'list'], env);
    expect(err).toBe('expected a server at http://127.0.0.1:1, found none that responds\n');
  });

  it('ends quietly when its reader closes the pipe', async () => {
    await createFirstShop(folder);
    const child = spawn(process.execPath, [CLI, 'keys', 'list'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], DATA_DIR: folder },
    });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, err]).toEqual([0, '']);
  });
});

describe('progress', () => {
  it('is never wider than the terminal', () => {
    const written: string[] = [];
    const progress = createProgress(
      (text) => written.push(text),
      true,
      () => 20,
    );
    progress.show('order-list: 12 of 4,000 events');
    progress.show('short');
    expect(written).toEqual(['\rorder-list: 12 of …', '\rshort              ']);
    expect(Math.max(...written.map((text) => text.length))).toBeLessThanOrEqual(20);
  });
});

describe('keys and shops', () => {
  const stores = () => readFileSync(join(folder, 'stores.json'), 'utf8');

  it('are changed in the file, whose secrets are shown once and stored nowhere', async () => {
    await createFirstShop(folder);
    const created = await tillstream([
      'keys',
      'create',
      'till-2',
      '--shop',
      'main',
      '--role',
      'till',
    ]);
    expect(created.out).toMatch(/^ts_till_[\w-]{43}\n$/);
    expect(stores()).not.toContain(created.out.trim());
    expect(statSync(join(folder, 'stores.json')).mode & 0o077).toBe(0);
    const listed = await tillstream(['keys', 'list', '--json']);
    expect(JSON.parse(listed.out)).toContainEqual({ shop: 'main', id: 'till-2', role: 'till' });
    const again = await tillstream([
      'keys',
      'create',
      'till-2',
      '--shop',
      'main',
      '--role',
      'till',
    ]);
    expect(again).toMatchObject({ code: 1, err: 'the shop main has a key till-2 already\n' });
    expect((await tillstream(['keys', 'revoke', 'till-2', '--shop', 'main'])).code).toBe(0);
    const gone = await tillstream(['keys', 'revoke', 'till-2', '--shop', 'main']);
    expect(gone).toMatchObject({ code: 1, err: 'the shop main has no key till-2\n' });
  });

  it('are refused when the file would not be valid, in words', async () => {
    await createFirstShop(folder);
    const before = stores();
    const shop = [
      'shops',
      'add',
      'Plaza!',
      '--name',
      'P',
      '--currency',
      'EUR',
      '--timezone',
      'UTC',
    ];
    const refused = await tillstream(shop);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('/1/id: expected 1 to 32 of a-z and 0-9');
    expect(stores()).toBe(before);
    writeFileSync(join(folder, 'stores.json.lock'), '');
    const locked = await tillstream(['keys', 'revoke', 'till', '--shop', 'main']);
    expect(locked.err).toContain('another command is changing it');
  });
});

describe('a running server', () => {
  let server: ServerProcess;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeEach(async () => {
    server = await startServer(folder);
  });
  afterEach(async () => {
    await server.stop();
  });

  /** Always over the same connection. */
  function statusFor(key: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const options = { agent, headers: { authorization: `Bearer ${key}` } };
      const sent = request(`${server.url}/orders`, options, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  async function until(key: string, status: number): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if ((await statusFor(key)) === status) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`expected ${status} for the key`);
  }

  it('takes new shops and keys, and refuses a revoked key on its open connection', async () => {
    const add = ['shops', 'add', 'plaza', '--name', 'Plaza', '--currency', 'EUR'];
    expect((await tillstream([...add, '--timezone', 'Europe/Madrid'])).code).toBe(0);
    const create = ['keys', 'create', 'till-1', '--shop', 'plaza', '--role', 'till'];
    const key = (await tillstream(create)).out.trim();
    await until(key, 200);
    await tillstream(['keys', 'revoke', 'till-1', '--shop', 'plaza']);
    await until(key, 401);
    expect(await statusFor(keyOf(folder, 'till'))).toBe(200);
  });

  it('keeps its shops while the file is not valid, or gone', async () => {
    const file = join(folder, 'stores.json');
    const valid = readFileSync(file, 'utf8');
    const till = keyOf(folder, 'till');
    writeFileSync(file, valid.slice(0, 100));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await statusFor(till)).toBe(200);
    rmSync(file);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await statusFor(till)).toBe(200);
    expect(server.output()).toContain('the shops before stay');
    const shops = JSON.parse(valid) as { keys: unknown[] }[];
    writeFileSync(file, JSON.stringify(shops.map((shop) => ({ ...shop, keys: [] }))));
    await until(till, 401);
  });
});
