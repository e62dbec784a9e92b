import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { keyOf, startServer } from '../support/server-process.ts';
import { type Acknowledged, checkEverything } from './checkers.ts';

const KILLS = 12;
const CLIENTS = 8;
const SEED = 20_261_124;

/** A small seeded generator, so that a failing run can be played again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Places orders and pays them, until the server is gone. Returns what was acknowledged. */
async function trade(api: ApiClient, name: string, after: () => void): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const post = async (path: string, key: string, body: unknown) => {
    const answer = await api.post(path, { key, body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    acknowledged.push({ key, position: answer.position });
    after();
    return answer.body;
  };
  try {
    for (let n = 0; ; n++) {
      const lines = [{ name: 'Bread', quantity: '2', unitPriceMinor: 150 }];
      const order = await post('/orders', `${name}-${n}-order`, { currency: 'USD', lines });
      const payment = { method: 'cash', amountMinor: 300, currency: 'USD' };
      await post(`/orders/${String(order['orderId'])}/payments`, `${name}-${n}-pay`, payment);
    }
  } catch (error) {
    const gone = error instanceof Error && error.message.startsWith('expected a server at');
    if (!gone) throw error;
  }
  return acknowledged;
}

describe('a server that is killed at any moment', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-kill-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('keeps all that it acknowledged, once and whole, and its read models equal the log', async () => {
    const random = seeded(SEED);
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < KILLS; round++) {
      const server = await startServer(dataDir);
      const api = createApiClient(server.url, keyOf(dataDir, 'till'));
      const enough = 1 + Math.floor(random() * 120);
      let count = 0;
      let killed: Promise<void> | undefined;
      const after = () => {
        count += 1;
        if (count >= enough) killed ??= server.kill();
      };
      const clients = Array.from({ length: CLIENTS }, (_, i) =>
        trade(api, `r${round}-c${i}`, after),
      );
      for (const done of await Promise.all(clients)) acknowledged.push(...done);
      await killed;
    }
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    await checkEverything(dataDir, acknowledged);
  }, 300_000);
});
