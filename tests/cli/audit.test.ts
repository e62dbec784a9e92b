import { Command } from 'commander';

import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { addAuditCommands } from '../../src/cli/audit/commands.ts';
import { exportAuditRecords } from '../../src/cli/audit/export.ts';
import { cash, openShop, placeSale, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  const orderId = await placeSale(shop, 1_000);
  await shop.post(`/orders/${orderId}/payments`, cash(400));
  for (let i = 0; i < 120; i++) await placeSale(shop, 200 + i);
  await shop.world.caughtUp();
});
afterAll(() => shop.stop());

/** Pages as of a server that can read so few entities for each; one of them it cannot read. */
function frugalServer(budget: number, unreadable: number, count: number) {
  const limits: number[] = [];
  const get = async (path: string) => {
    const query = new URL(path, 'http://server').searchParams;
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit'));
    limits.push(limit);
    const numbers = Array.from({ length: count }, (_, n) => n).slice(from, from + limit);
    const items = numbers.map((n, i) =>
      n === unreadable || i >= budget ? { n, omitted: true as const } : { n, after: {} },
    );
    const next = from + items.length < count ? { nextCursor: String(from + items.length) } : {};
    return { status: 200, body: { items, ...next } };
  };
  return { client: { get } as unknown as ApiClient, limits };
}

async function exported(filters: Record<string, string>, limit = 1_000) {
  const lines: string[] = [];
  const client = createApiClient(shop.world.url, keyOf('a'));
  const count = await exportAuditRecords(client, filters, limit, (line) => lines.push(line));
  expect(count).toBe(lines.length);
  return lines.map((line) => JSON.parse(line) as { action: string; timestamp: string });
}

describe('tillstream audit export', () => {
  it('prints every record once, oldest first, over several pages', async () => {
    const records = await exported({});

    expect(records).toHaveLength(122);
    expect(records.slice(0, 2).map(({ action }) => action)).toEqual([
      'OrderPlaced',
      'OrderPaymentRecorded',
    ]);
    const times = records.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort());
  });

  it('takes the flags of the other commands, and refuses a limit out of range', async () => {
    const program = new Command('tillstream').exitOverride();
    addAuditCommands(program, '/nowhere', '1');
    const run = (...args: string[]) =>
      program.parseAsync(['audit', 'export', ...args], { from: 'user' });
    const printed: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text) => printed.push(String(text)) > 0;
    await run('--url', shop.world.url, '--key', keyOf('a'), '--limit', '2').finally(() => {
      process.stdout.write = write;
    });

    expect(printed).toHaveLength(2);
    await expect(run('--key', 'x', '--limit', '0')).rejects.toThrow('expected --limit from 1');
    await expect(run('--limit', '1')).rejects.toThrow('/nowhere/api-key.txt');
  });

  it('prints what the filters match, and no more than the limit', async () => {
    expect(await exported({ action: 'OrderPaymentRecorded' })).toHaveLength(1);
    expect(await exported({}, 3)).toHaveLength(3);
  });

  it('prints the changes of every record, also of pages that have too much to read', async () => {
    const { client, limits } = frugalServer(30, 61, 200);
    const lines: string[] = [];

    await exportAuditRecords(client, {}, 150, (line) => lines.push(line));

    const records = lines.map((line) => JSON.parse(line) as { n: number; omitted?: true });
    expect(records.map(({ n }) => n)).toEqual(Array.from({ length: 150 }, (_, n) => n));
    expect(records.filter(({ omitted }) => omitted).map(({ n }) => n)).toEqual([61]);
    expect(limits.length).toBeLessThan(20);
  });
});
