import { Command } from 'commander';

import { createApiClient } from '../../src/cli/api-client.ts';
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
});
