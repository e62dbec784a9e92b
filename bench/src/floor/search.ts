import Libsql from 'libsql';

import type { Measured, Running } from '../harness/task.ts';
import { median, percentile } from '../harness/statistics.ts';
import { catalogueProducts, catalogueSearches, type CatalogueSearch } from '../inputs/catalogue.ts';

const PAGE = 50;

interface Search {
  readonly path: string;
  readonly products: number;
  readonly searches: number;
}

/** The same products in a full-text index (FTS5) of the same library, and the same searches. */
export function setup({ path, products, searches }: Search): Promise<Running> {
  const db = new Libsql(path);
  db.pragma('journal_mode = WAL');
  db.exec(
    `CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price INTEGER, body TEXT);
     CREATE INDEX by_price ON products (price);
     CREATE VIRTUAL TABLE words USING fts5(name, description, sku,
       tokenize = "unicode61 remove_diacritics 2", prefix = '2 3')`,
  );
  const insert = db.prepare('INSERT INTO products VALUES (?, ?, ?, ?)');
  const index = db.prepare('INSERT INTO words (rowid, name, description, sku) VALUES (?, ?, ?, ?)');
  db.exec('BEGIN');
  catalogueProducts(products).forEach((product, n) => {
    insert.run(n, product.name, product.priceMinor, JSON.stringify(product));
    index.run(n, product.name, product.description, product.sku);
  });
  db.exec('COMMIT');
  const sql = (order: string) =>
    db
      .prepare(
        `SELECT body FROM words JOIN products ON products.id = words.rowid
         WHERE words MATCH ? AND price <= ? ORDER BY ${order} LIMIT ${PAGE}`,
      )
      .raw();
  const byRank = sql('rank');
  const byPrice = sql('price DESC');

  function search({ q, maxPriceMinor = Number.MAX_SAFE_INTEGER, sort }: CatalogueSearch) {
    const match = q
      .split(' ')
      .map((word) => `"${word}"*`)
      .join(' ');
    const rows = (sort ? byPrice : byRank).all(match, maxPriceMinor) as [string][];
    return rows.map(([body]) => JSON.parse(body) as unknown);
  }

  function round(): Promise<Measured> {
    const timesMs = catalogueSearches(searches).map((each) => {
      const from = performance.now();
      search(each);
      return performance.now() - from;
    });
    return Promise.resolve({ p50Ms: median(timesMs), p95Ms: percentile(timesMs, 0.95) });
  }

  return Promise.resolve({
    round,
    close() {
      db.close();
      return Promise.resolve();
    },
  });
}
