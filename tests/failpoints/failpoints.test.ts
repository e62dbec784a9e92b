import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { collectionOf } from '../../src/engine/projections/folding/projection.ts';
import { features } from '../../src/features/index.ts';
import { orderDetails } from '../../src/projections/orders/details/projection.ts';
import { type Acknowledged, checkEverything } from '../crash/checkers.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const PRELOAD = new URL('./failpoints.preload.mjs', import.meta.url).href;
/** Each has its first generation made when the server starts. */
const PROJECTIONS = features.flatMap(({ projections }) => projections).length;
/** The table of a generation of the read model that is rebuilt: its name has the version. */
const tableOf = (generation: number) => `d_${collectionOf(orderDetails, generation).name}`;
/** More than the stream of one account needs for a snapshot, which is due every 100 events. */
const DEBTS = 110;
const AT_ONCE = 11;

/**
 * Steps of the server's work, by the statement that carries each out and the time it is done. Times
 * count from when the server serves: how much it does at its start differs with its features.
 */
const STEPS = {
  'append: begin': ['log.db', 'BEGIN', 20],
  'append: a new stream': ['log.db', 'INSERT INTO streams', 10],
  'append: an event': ['log.db', 'INSERT INTO events', 20],
  'append: commit': ['log.db', 'COMMIT', 20],
  'project: begin': ['documents.db', 'BEGIN', 14],
  'project: a document': ['documents.db', 'INSERT INTO d_order_list', 8],
  'project: the checkpoint of a projection': ['documents.db', 'INSERT INTO checkpoints', 20],
  'project: how far each stream was passed on': ['documents.db', 'INSERT INTO passed_on', 8],
  'project: commit': ['documents.db', 'COMMIT', 14],
  'process: its checkpoint': ['hints.db', 'COMMIT', 1],
  'snapshot: write': ['hints.db', 'INSERT INTO snapshots', 1],
  'rebuild: make the next generation': [
    'documents.db',
    `CREATE TABLE IF NOT EXISTS ${tableOf(2)}`,
    1,
  ],
  'rebuild: a document of it': ['documents.db', `INSERT INTO ${tableOf(2)}`, 1],
  'switch: the pointer': ['documents.db', 'INSERT INTO generations', PROJECTIONS + 1],
  'drop: the generation before': ['documents.db', `DROP TABLE IF EXISTS ${tableOf(1)}`, 1],
} as const satisfies Record<string, readonly [file: string, statement: string, nth: number]>;

/** First generations may be switched to and old ones dropped before the server serves. */
const FROM_THE_START: readonly string[] = ['switch: the pointer', 'drop: the generation before'];

type Step = keyof typeof STEPS;
const MOMENTS = ['before', 'after'] as const;
const NAMES = Object.keys(STEPS) as Step[];
/** A new folder each: the statements name the generation of a first rebuild. */
const OF_GENERATIONS = NAMES.filter((step) => /^(rebuild|switch)/.test(step));
/** Both moments in one folder: a second death finds what the first one left. */
const ANY_TIME = NAMES.filter((step) => /^(append|project|process|snapshot)/.test(step));

/** Everything that a failpoint could be met at, until the server is gone. */
async function workload(api: ApiClient, operator: ApiClient): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  let posts = 0;
  const post = async (path: string, suffix: string, body: unknown) => {
    posts += 1;
    const key = `${String(process.hrtime.bigint())}-${posts}-${suffix}`;
    const answer = await api.post(path, { key, body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    acknowledged.push({ key, position: answer.position });
    return answer.body;
  };
  const sell = async () => {
    const lines = [{ name: 'Bread', quantity: '2', unitPriceMinor: 150 }];
    const { orderId } = await post('/orders', 'order', { currency: 'USD', lines });
    const payment = { method: 'cash', amountMinor: 300, currency: 'USD' };
    await post(`/orders/${String(orderId)}/payments`, 'pay', payment);
  };
  const sellOnAccount = async (customerId: string) => {
    const lines = [{ name: 'Bread', quantity: '1', unitPriceMinor: 150 }];
    const { orderId } = await post('/orders', 'order', { currency: 'USD', lines });
    const payment = { method: 'on_account', amountMinor: 150, currency: 'USD', customerId };
    await post(`/orders/${String(orderId)}/payments`, 'credit', payment);
  };
  try {
    for (let i = 0; i < 10; i++) await Promise.all([sell(), sell(), sell()]);
    const { customerId } = await post('/customers', 'customer', { name: 'Rosa', currency: 'USD' });
    await sellOnAccount(String(customerId));
    const lend = async () => {
      const debt = { amountMinor: 100, currency: 'USD' };
      await post(`/customers/${String(customerId)}/debts`, 'debt', debt);
    };
    for (let i = 0; i < DEBTS; i += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, lend));
    const body = { reason: 'a test' };
    await operator.post('/projections/order-details/rebuild', { key: `r-${posts}`, body });
    for (;;) await sell();
  } catch (error) {
    const gone = error instanceof Error && error.message.startsWith('expected a server at');
    if (!gone) throw error;
  }
  return acknowledged;
}

async function startWith(dataDir: string, moment: string, step: Step): Promise<ServerProcess> {
  const [file, statement, nth] = STEPS[step];
  const armed = join(dataDir, 'failpoint-armed');
  const server = await startServer(dataDir, {
    NODE_OPTIONS: `--import ${PRELOAD}`,
    FAILPOINT: [file, moment, statement, nth].join('|'),
    ...(!FROM_THE_START.includes(step) && { FAILPOINT_ARMED: armed }),
  });
  writeFileSync(armed, '');
  return server;
}

const wasKilled = (server: ServerProcess) => server.process.signalCode === 'SIGKILL';

describe('a server that dies at a named step', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tillstream-failpoint-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const clients = (server: ServerProcess) =>
    [
      createApiClient(server.url, keyOf(dataDir, 'manager')),
      createApiClient(server.url, keyOf(dataDir, 'operator')),
    ] as const;

  async function dies(moment: string, step: Step): Promise<Acknowledged[]> {
    const server = await startWith(dataDir, moment, step);
    const acknowledged = await workload(...clients(server)).finally(() => server.kill());
    expect(wasKilled(server)).toBe(true);
    return acknowledged;
  }

  it.each(ANY_TIME)(
    'has lost and doubled nothing: before and after %s',
    async (step) => {
      const first = await dies('before', step);
      rmSync(join(dataDir, 'failpoint-armed'));
      const second = await dies('after', step);
      await checkEverything(dataDir, [...first, ...second]);
    },
    120_000,
  );

  it.each(MOMENTS.flatMap((moment) => OF_GENERATIONS.map((step) => [moment, step] as const)))(
    'has lost and doubled nothing: %s %s',
    async (moment, step) => {
      await checkEverything(dataDir, await dies(moment, step));
    },
    60_000,
  );

  it.each(MOMENTS)(
    'has lost and doubled nothing: %s drop: the generation before',
    async (moment) => {
      // A generation is dropped at the start after the one that answers was switched.
      const first = await startServer(dataDir);
      const [api, operator] = clients(first);
      const lines = [{ name: 'Bread', quantity: '2', unitPriceMinor: 150 }];
      const answer = await api.post('/orders', {
        key: '1-order',
        body: { currency: 'USD', lines },
      });
      const body = { reason: 'a test' };
      await operator.post('/projections/order-details/rebuild', { key: 'r-1', body });
      await api.get(`/orders/${String(answer.body['orderId'])}`, { position: answer.position });
      await first.stop();
      const dying = startWith(dataDir, moment, 'drop: the generation before');
      await expect(dying).rejects.toThrow('the server ended with null');
      await checkEverything(dataDir, [{ key: '1-order', position: answer.position }]);
    },
    60_000,
  );
});
