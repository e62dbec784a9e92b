import { keyOf, markOf } from '../nodes/shops.ts';
import { bodyOf } from './history.ts';
import { createRequests, type RequestsOptions } from './requests.ts';

/** In the other worlds no catalogue is imported. */
const CHANCE = 0.3;
const ROWS = 6;
const IMPORTS = 5;
const THINK_MS = 1_500;
/** Longer than any import that was begun before may still run. */
const ALL_ENDED_MS = 40_000;
const MAX_TRIES = 20;

interface Row {
  readonly name: string;
  readonly sku: string;
  readonly currency: string;
  readonly category: string;
  readonly priceMinor: number;
}

interface Imported {
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly { readonly productId?: string; readonly outcome: string }[];
}

export interface Importer {
  work(): Promise<void>;
  /** Once nothing goes wrong any more: a repeat changes nothing, and finds the same products. */
  settle(): Promise<void>;
}

interface ImporterOptions extends Omit<RequestsOptions, 'name'> {
  readonly shop: { readonly id: string; readonly currency: string };
  readonly fail: (rule: string, message: string) => void;
}

/** Somebody who imports a catalogue again and again, with some other prices each time. */
export function createImporter(options: ImporterOptions): Importer {
  const { shop, fail } = options;
  const { rnd, insist, ask, pause } = createRequests({ ...options, name: 'importer' });
  const manager = keyOf(shop.id, 'manager');
  const known = new Map<string, string>();
  let rows: readonly Row[] = [];
  /** What was answered last, for people. */
  let last = 'nothing';

  const rowOf = (i: number): Row => ({
    name: `${markOf(shop.id)} ${i}`,
    sku: `IMPORT-${i}`,
    currency: shop.currency,
    category: `Goods/Group ${i % 2}`,
    priceMinor: 100 * (1 + rnd.below(50)),
  });

  async function importRows(): Promise<Imported | undefined> {
    // Sometimes at two nodes at once.
    const twin = rnd.chance(0.2) ? ask('POST', '/imports/products', manager, rows) : undefined;
    const answer = await insist('POST', '/imports/products', manager, rows);
    await twin;
    last = `${answer?.status} ${answer?.body}`;
    if (answer?.status !== 200) return undefined;
    const imported = bodyOf(answer) as unknown as Imported;
    imported.items.forEach(({ productId, outcome }, i) => check(i, productId, outcome));
    return imported;
  }

  function check(i: number, productId: string | undefined, outcome: string): void {
    const sku = rows[i]?.sku ?? '';
    if (productId === undefined) {
      fail('import-same', `${sku} is ${outcome}, and no product`);
      return;
    }
    const before = known.get(sku) ?? productId;
    known.set(sku, before);
    if (before !== productId) fail('import-same', `${sku} is ${before}, and ${productId} as well`);
  }

  return {
    async work() {
      if (!rnd.chance(CHANCE)) return;
      rows = Array.from({ length: ROWS }, (_, i) => rowOf(i));
      for (let i = 0; i < IMPORTS; i++) {
        await pause(THINK_MS);
        rows = rows.map((row, at) => (rnd.chance(0.3) ? rowOf(at) : row));
        await importRows();
      }
    },
    async settle() {
      if (rows.length === 0) return;
      await pause(2 * ALL_ENDED_MS);
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        if (await importRows()) break;
      }
      const again = await importRows();
      const repeated = again?.counts['repeated'];
      if (repeated === ROWS) return;
      fail('import-same', `of ${ROWS} rows that were imported, ${repeated} are repeated: ${last}`);
    },
  };
}
