import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient, ServerError } from '../../src/cli/api-client.ts';
import { type ExportFormat, exportProducts } from '../../src/cli/catalog/export-products.ts';
import { importProducts } from '../../src/cli/catalog/import-products.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';
import { squareCatalog } from '../support/square/catalog.ts';

const folder = mkdtempSync(join(tmpdir(), 'tillstream-products-'));
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const CSV = { separator: ',', decimalMark: '.' } as const;
interface Run {
  readonly store?: string;
  readonly json?: boolean;
  readonly csv?: { separator: string; decimalMark: '.' | ','; currency?: string };
  readonly client?: ApiClient;
}

async function run(file: string, { store = 'a', json = false, csv = CSV, client }: Run = {}) {
  const out: string[] = [];
  const code = await importProducts({
    file,
    client: client ?? createApiClient(shop.world.url, keyOf(store)),
    csv,
    json,
    terminal: false,
    out: (text) => out.push(text),
    err: () => undefined,
    pauseMs: 1,
  });
  return { code, out: out.join('') };
}

async function exported(format: ExportFormat, store = 'a') {
  const out: string[] = [];
  const err: string[] = [];
  await shop.get('/products', { store });
  await shop.get('/categories', { store });
  await exportProducts({
    client: createApiClient(shop.world.url, keyOf(store)),
    format,
    csv: CSV,
    out: (text) => Promise.resolve(void out.push(text)),
    err: (text) => err.push(text),
  });
  return { text: out.join(''), err: err.join('') };
}

/** The products of a shop without what differs by shop. */
async function catalogue(store: string) {
  const names = new Map<unknown, string>();
  const page = async (path: string) =>
    (await shop.get(path, { store })).body['items'] as Record<string, unknown>[];
  const categories = await page('/categories?limit=200');
  for (const { categoryId, name } of categories) names.set(categoryId, String(name));
  const path = ({ categoryId, parentId }: Record<string, unknown>): string =>
    parentId === undefined
      ? String(names.get(categoryId))
      : `${names.get(parentId)}>${names.get(categoryId)}`;
  const paths = new Map(categories.map((each) => [each['categoryId'], path(each)]));
  const products = await page('/products?limit=200');
  return products.map(
    ({ createdAt: _c, createdBy: _b, updatedAt: _u, updatedBy: _d, revision: _r, ...product }) => ({
      ...product,
      categoryId: paths.get(product['categoryId']),
    }),
  );
}

describe('tillstream import products', () => {
  it('adds the products of a CSV file, repeats nothing, and changes what differs', async () => {
    const header = 'SKU,Name,Price,Currency,Category\n';
    const rows = Array.from({ length: 300 }, (_, i) => `S${i},Tea ${i},3.50,EUR,Drinks/Hot\n`);
    const file = fileOf('teas.csv', `\ufeff${header}${rows.join('')}`);
    expect(await run(file)).toEqual({ code: 0, out: '300 products: 300 imported\n' });
    expect((await run(file)).out).toBe('300 products: 300 repeated\n');
    const raised = fileOf('raised.csv', `${header}S7,Tea 7,3.60,EUR,Drinks/Hot\r\n`);
    expect((await run(raised)).out).toBe('1 product: 1 changed\n');
    const { body } = await shop.get('/categories');
    expect(body['items']).toHaveLength(2);
  });

  it('names row, column, reason and action of what it cannot import, and imports the others', async () => {
    const file = fileOf(
      'bad.csv',
      [
        'sku,name,price,currency',
        'A,Tea,3.50,EUR',
        'B,Tea,3.505,EUR',
        'C,"Tea,3.50,EUR',
        '"',
        'D,,3.50,EUR',
        'a,Tea,3.50,EUR',
        'E,Tea,3.50,EUR',
      ].join('\n'),
    );
    const { code, out } = await run(file);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'row 3 invalid: price: expected an amount of EUR such as 123.45, found 3.505. Correct the field, and import it again. [invalid_product]',
      'row 4 invalid: price: expected 4 cells, found 2. Correct the field, and import it again. [invalid_product]',
      'row 5 invalid: name: expected a name, found nothing. Correct the field, and import it again. [invalid_product]',
      'row 6 invalid: sku: expected another sku than that of row 2. Correct the field, and import it again. [duplicate_in_import]',
      '6 products: 2 imported, 4 invalid',
      '',
    ]);
    const report = JSON.parse((await run(file, { json: true })).out) as { items: object[] };
    expect(report.items[0]).toMatchObject({ row: 2, outcome: 'repeated' });
    expect(report).toMatchObject({ counts: { repeated: 2, invalid: 4 } });
    expect(report.items[3]).toMatchObject({ row: 5, field: 'name', code: 'invalid_product' });
  });

  it('takes semicolons, decimal commas and a currency for all rows when they are named', async () => {
    const file = fileOf('comma.csv', 'sku;name;price\nA;Té;1500,5\n');
    const csv = { separator: ';', decimalMark: ',', currency: 'EUR' } as const;
    expect((await run(file, { csv })).out).toBe('1 product: 1 imported\n');
    await expect(run(file)).rejects.toThrow('expected columns of productId, sku');
    const utf16 = fileOf(
      'utf16.csv',
      Buffer.from('\ufeffsku;name;price\nA;Té;1500,5\n', 'utf16le'),
    );
    expect((await run(utf16, { csv })).out).toBe('1 product: 1 repeated\n');
    const latin = fileOf('latin.csv', Buffer.from('sku;name;price\nA;T\xe9;1,5\n', 'latin1'));
    await expect(run(latin, { csv })).rejects.toThrow('expected UTF-8');
  });

  it('continues after a lost response, and adds nothing twice', async () => {
    const file = fileOf('lost.csv', 'sku,name,price,currency,category\nA,Tea,3.50,EUR,Hot\n');
    const real = createApiClient(shop.world.url, keyOf('a'));
    let isLost = false;
    const client: ApiClient = {
      ...real,
      async post(path, call) {
        const response = await real.post(path, call);
        if (isLost) return response;
        isLost = true;
        throw new ServerError('the response was lost');
      },
    };
    expect((await run(file, { client })).code).toBe(0);
    expect((await shop.get('/products')).body['items']).toHaveLength(1);
  });

  it('takes a Square catalogue, with places in the file', async () => {
    const file = fileOf('square.json', JSON.stringify(squareCatalog(), null, 2));
    const { code, out } = await run(file);
    expect(code).toBe(0);
    expect(out.split('\n').at(-2)).toBe('6 products: 3 imported, 3 skipped');
    expect(out).toContain(
      'object 1 (V-OPEN) skipped: /objects/0/item_data/variations/2/item_variation_data/price_money: the price is entered at each sale.',
    );
    expect((await run(file)).out).toContain('6 products: 3 repeated, 3 skipped');
    const ours = fileOf('ours.json', '[{"sku":"CO-L","priceMinor":400},{"sku":]');
    await expect(run(ours)).rejects.toThrow('expected the end of the list');
    expect((await run(fileOf('one.json', '[{"sku":"CO-L","priceMinor":400}]'))).out).toBe(
      '1 product: 1 changed\n',
    );
  });
});

describe('tillstream export products', () => {
  const PRODUCTS = [
    { name: '=SUM(A1)', sku: '-1', description: 'a "b",\r\n;c', priceMinor: 1, currency: 'EUR' },
    { name: "'@x", sku: 'K', priceMinor: 1_234, currency: 'KWD', category: 'A\\/B/C|D' },
    {
      name: 'Té',
      priceMinor: 250,
      currency: 'JPY',
      productId: 'own=1',
      category: 'A\\/B',
      branchPrices: [{ branchId: 'a|b=c', priceMinor: 7 }],
      allergens: ['milk|soy', 'nuts'],
      active: false,
      stockPolicy: 'tracked',
      modifierGroups: [
        {
          groupId: 'g/1',
          name: 'Milk',
          min: 0,
          max: 1,
          options: [{ modifierId: 'm 1', name: '+oat', priceMinor: 50 }],
        },
      ],
    },
  ];

  it.each(['csv', 'square'] as const)('is imported as the same catalogue: %s', async (format) => {
    await shop.post('/imports/products', PRODUCTS);
    const { text, err } = await exported(format);
    expect(err).toBe('3 products exported\n');
    const file = fileOf(format === 'csv' ? 'all.csv' : 'all.json', text);
    expect((await run(file, { store: 'b' })).code).toBe(0);
    const before = await catalogue('a');
    expect(before).toHaveLength(3);
    expect(await catalogue('b')).toEqual(before);
    const head = await shop.world.log.head();
    expect((await run(file)).code).toBe(0);
    expect(await shop.world.log.head()).toEqual(head);
  });

  it('reads all pages, and tells what Square has no place for', async () => {
    const many = Array.from({ length: 450 }, (_, i) => ({
      name: `Tea ${i}`,
      sku: `S${i}`,
      currency: 'EUR',
      priceMinor: 100 + i,
      taxClass: 'reduced',
    }));
    await shop.post('/imports/products', many);
    const { text } = await exported('csv');
    expect(text.split('\r\n')).toHaveLength(452);
    const square = await exported('square');
    expect(square.err).toContain('450 of 450 products: without their tax class');
    expect((JSON.parse(square.text) as { objects: object[] }).objects).toHaveLength(450);
  });
});
