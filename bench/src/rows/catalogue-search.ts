import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { runOnce } from '../harness/child.ts';
import { median, percentile, round3 } from '../harness/statistics.ts';
import {
  type CatalogueProduct,
  catalogueProducts,
  catalogueSearches,
  type CatalogueSearch,
  SEARCH_KINDS,
} from '../inputs/catalogue.ts';
import {
  DOCUMENTS_FILE,
  newKey,
  startProduct,
  untilCaughtUp,
  whyNoServer,
} from '../ours/server.ts';
import type { RowDefinition } from './row.ts';

const PRODUCTS = 50_000;
/** Products of one import request. */
const PER_REQUEST = 1_000;
const IMPORTS_AT_ONCE = 4;
const SEARCHES = 1_000;
const WARM_UP = 100;

/** Milliseconds for a page of what a search of 50,000 products finds, over HTTP. */
export const catalogueSearchRow: RowDefinition = {
  name: 'catalogue-search',
  async run({ folder, progress }) {
    const base = {
      name: 'catalogue-search',
      unit: 'ms (p95)',
      better: 'less' as const,
      peer: null,
      target: 'p95 < 20 ms',
    };
    const missing = whyNoServer();
    if (missing !== undefined) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [missing] };
    }
    const key = newKey();
    const data = join(folder, 'data');
    const documents = join(data, DOCUMENTS_FILE);
    const product = await startProduct(data, key);
    progress(`catalogue-search: importing ${PRODUCTS} products`);
    await importAll(product.url, key);
    await untilCaughtUp(product.url);
    const measured = await searchAll(product.url, key);
    await product.stop();
    const documentsMb = Math.round(statSync(documents).size / 1_048_576);
    progress(`catalogue-search: p95 ${round3(percentile(measured.all, 0.95))} ms`);
    const floor = await runOnce('floor/search', {
      path: join(folder, 'floor.db'),
      products: PRODUCTS,
      searches: SEARCHES,
    });
    return {
      ...base,
      ours: round3(percentile(measured.all, 0.95)),
      floor: round3(floor['p95Ms'] ?? Number.NaN),
      extra: {
        p50Ms: round3(median(measured.all)),
        p99Ms: round3(percentile(measured.all, 0.99)),
        floorP50Ms: round3(floor['p50Ms'] ?? Number.NaN),
        documentsMb,
        ...measured.byKind,
      },
      notes: [],
    };
  },
};

async function importAll(url: string, key: string): Promise<void> {
  const products = catalogueProducts(PRODUCTS);
  const starts = Array.from({ length: PRODUCTS / PER_REQUEST }, (_, n) => n * PER_REQUEST);
  const client = async () => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      await importSome(url, key, products.slice(from, from + PER_REQUEST));
    }
  };
  await Promise.all(Array.from({ length: IMPORTS_AT_ONCE }, client));
}

async function importSome(url: string, key: string, products: readonly CatalogueProduct[]) {
  const response = await fetch(`${url}/imports/products`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(products),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST /imports/products: ${response.status} ${text}`);
  const { counts } = JSON.parse(text) as { counts: { imported: number } };
  if (counts.imported === products.length) return;
  throw new Error(`expected ${products.length} imported products, found ${text.slice(0, 500)}`);
}

async function searchAll(url: string, key: string) {
  const all: number[] = [];
  const times = new Map<string, number[]>(SEARCH_KINDS.map((kind) => [kind, []]));
  const searches = catalogueSearches(WARM_UP + SEARCHES);
  for (const [n, search] of searches.entries()) {
    const from = performance.now();
    const response = await fetch(`${url}/products/search?${queryOf(search)}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const text = await response.text();
    const ms = performance.now() - from;
    if (!response.ok) throw new Error(`expected a page, found ${response.status} ${text}`);
    if (n < WARM_UP) continue;
    all.push(ms);
    times.get(search.kind)?.push(ms);
  }
  const byKind = Object.fromEntries(
    [...times].map(([kind, ms]) => [`${kind}P95Ms`, round3(percentile(ms, 0.95))]),
  );
  return { all, byKind };
}

function queryOf({ q, maxPriceMinor, sort }: CatalogueSearch): string {
  return new URLSearchParams({
    q,
    ...(maxPriceMinor !== undefined && { maxPriceMinor: String(maxPriceMinor) }),
    ...(sort && { sort }),
  }).toString();
}
