import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient, ServerError } from '../../src/cli/api-client.ts';
import { readKeyFile } from '../../src/cli/api-key.ts';
import { importOrders } from '../../src/cli/import-orders.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'tillstream-import-'));
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  await shop.stop();
  rmSync(folder, { recursive: true });
});

const usd = (amount: number) => ({ amount, currency: 'USD' });
const sale = (id: string, totalMinor = 500) => ({
  id,
  state: 'COMPLETED',
  version: 1,
  created_at: '2024-05-01T12:00:00Z',
  line_items: [
    {
      uid: 'a',
      name: 'Tea',
      quantity: '1',
      base_price_money: usd(500),
      gross_sales_money: usd(500),
      total_money: usd(500),
    },
  ],
  total_money: usd(totalMinor),
});

function fileOf(name: string, content: unknown): string {
  const path = join(folder, name);
  const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(path, isRaw ? content : JSON.stringify(content));
  return path;
}

async function run(file: string, more: { json?: boolean; terminal?: boolean; client?: ApiClient }) {
  const out: string[] = [];
  const err: string[] = [];
  const { json = false, terminal = false } = more;
  const client = more.client ?? createApiClient(shop.world.url, keyOf('a'));
  const code = await importOrders({
    file,
    client,
    json,
    terminal,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    pauseMs: 1,
  });
  return { code, out: out.join(''), err: err.join('') };
}

describe('tillstream import orders', () => {
  it('sends a file in parts, shows the progress, and ends with 0', async () => {
    const orders = Array.from({ length: 300 }, (_, i) => sale(`part-${i}`));
    const { code, out, err } = await run(fileOf('parts.json', { orders }), {});
    expect(code).toBe(0);
    expect(out).toBe('300 orders: 300 imported\n');
    expect(err).toBe('250 of 300 orders: 250 imported\n300 of 300 orders: 300 imported\n');
    const again = await run(fileOf('parts.json', { orders }), { terminal: true });
    expect(again.out).toBe('300 orders: 300 repeated\n');
    expect(again.err).toContain('\r300 of 300 orders: 300 repeated');
  });

  it('names each order that was not imported, its place, why and what to do, and ends with 1', async () => {
    const file = fileOf('bad.json', [sale('fine'), sale('off', 501), { id: 'odd' }]);
    const { code, out } = await run(file, {});
    expect(code).toBe(1);
    const [first, second, last] = out.split('\n');
    expect(first).toMatch(
      /^order 2 \(off\) refused: \/1\/total_money: expected totalMinor 500, found 501\. Compare .* \[total_mismatch\]$/,
    );
    expect(second).toMatch(
      /^order 3 \(odd\) invalid: \/2\/state: expected one of .*, found nothing\. .* \[invalid_order\]$/,
    );
    expect(last).toBe('3 orders: 1 imported, 1 refused, 1 invalid');
  });

  it('lists what it skips and what stays due, and ends with 0', async () => {
    const draft = { ...sale('draft'), state: 'DRAFT' };
    const pending = {
      ...sale('pending'),
      tenders: [
        {
          id: 't',
          type: 'BANK_ACCOUNT',
          amount_money: usd(500),
          bank_account_details: { status: 'PENDING' },
        },
      ],
    };
    const file = fileOf('notes.json', { orders: [draft, pending] });
    const { code, out } = await run(file, {});
    expect(code).toBe(0);
    const [first, second, last] = out.split('\n');
    expect(first).toMatch(/^order 1 \(draft\) skipped: \/orders\/0\/state: .* \[draft_order\]$/);
    expect(second).toMatch(
      /^order 2 \(pending\) note: \/orders\/1\/tenders\/0\/bank_account_details\/status: .*500 of 500 stays due.* \[tender_not_paid\]$/,
    );
    expect(last).toBe('2 orders: 1 imported, 1 skipped');
    expect((await run(file, {})).out).not.toContain('note:');
  });

  it('reads files with a byte order mark, and in the UTF-16 of Windows tools', async () => {
    const text = `\ufeff${JSON.stringify({ order: sale('marked') }).replaceAll(',', ',\r\n')}`;
    const utf16 = Buffer.from(text, 'utf16le');
    const files = [fileOf('utf8.json', text), fileOf('le.json', utf16)];
    files.push(fileOf('be.json', Buffer.from(utf16).swap16()));
    for (const file of files) expect((await run(file, {})).code).toBe(0);
    await expect(run(fileOf('latin1.json', Buffer.from('["\xe9"]', 'latin1')), {})).rejects.toThrow(
      /expected orders as JSON in .*: The encoded data was not valid/,
    );
    const keys = Buffer.from('\ufefftill a\r\nmanager b\r\n', 'utf16le');
    expect(readKeyFile(fileOf('windows-keys.txt', keys), 'manager')).toBe('b');
  });

  it('prints the report as JSON with indexes in the whole file', async () => {
    const orders = [...Array.from({ length: 250 }, (_, i) => sale(`json-${i}`)), 'bad'];
    const { out } = await run(fileOf('json.json', { orders }), { json: true });
    const report = JSON.parse(out) as { counts: unknown; items: unknown[] };
    expect(report.counts).toMatchObject({ imported: 250, invalid: 1 });
    expect(report.items[250]).toMatchObject({
      index: 250,
      outcome: 'invalid',
      code: 'invalid_order',
      path: '/orders/250',
      reason: '/orders/250: expected an object, found "bad"',
    });
  });

  it('retries a part when its response was lost', async () => {
    const real = createApiClient(shop.world.url, keyOf('a'));
    let calls = 0;
    const client: ApiClient = {
      ...real,
      async post(path, call) {
        calls += 1;
        const answer = await real.post(path, call);
        if (calls === 1) throw new ServerError('lost');
        return answer;
      },
    };
    const { code, out } = await run(fileOf('lost.json', [sale('lost')]), { client });
    expect(code).toBe(0);
    expect(out).toBe('1 order: 1 repeated\n');
  });

  it('reports invalid files, keys and servers', async () => {
    await expect(run(fileOf('broken.json', '{'), {})).rejects.toThrow(/expected orders as JSON/);
    await expect(run(fileOf('other.json', { a: 1 }), {})).rejects.toThrow(/expected a list/);
    const stranger = createApiClient(shop.world.url, 'wrong');
    await expect(run(fileOf('one.json', [sale('one')]), { client: stranger })).rejects.toThrow(
      /401 unauthenticated/,
    );
    expect(() => readKeyFile(join(folder, 'none.txt'), 'manager')).toThrow(
      /expected an API key in/,
    );
    const keys = fileOf('keys.txt', 'till a\nmanager b\noperator c\n');
    expect(readKeyFile(keys, 'manager')).toBe('b');
    expect(readKeyFile(keys, 'operator')).toBe('c');
    expect(readKeyFile(fileOf('key.txt', 'only\n'), 'manager')).toBe('only');
  });
});
