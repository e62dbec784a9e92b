import type { BenchEvent } from '../inputs/events.ts';
import { foldOrder, type OrderDocument } from '../inputs/fold.ts';
import { openFile, READ_PAGE } from '../inputs/log-file.ts';
import type { ReplayParameters } from '../harness/replay.ts';
import type { Measured, Running } from '../harness/task.ts';

const PAGE = 10_000;

type PageRow = [number, string, number, string, string, string, string];

/**
 * The bare loop: pages of 10,000 events read, parsed and folded, and the documents of each page
 * written in one transaction. What the page before has folded is kept in memory; a document that
 * is not there is loaded.
 */
export async function setup({ log, documents }: ReplayParameters): Promise<Running> {
  const source = openFile(log, 'FULL');
  const target = openFile(documents, 'NORMAL');
  target.exec('CREATE TABLE documents (key TEXT NOT NULL UNIQUE, body TEXT NOT NULL)');
  target.exec('CREATE TABLE checkpoint (name TEXT PRIMARY KEY, position INTEGER NOT NULL)');
  const readPage = source.prepare(READ_PAGE).raw();
  const load = target.prepare('SELECT body FROM documents WHERE key = ?').raw();
  const write = target.prepare(
    'INSERT INTO documents (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
  );
  const checkpoint = target.prepare(
    'INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
  );
  const begin = target.prepare('BEGIN IMMEDIATE');
  const commit = target.prepare('COMMIT');

  function find(key: string, before: Map<string, OrderDocument>): OrderDocument | undefined {
    const known = before.get(key);
    if (known) return known;
    const row = load.get(key) as [string] | undefined;
    return row && (JSON.parse(row[0]) as OrderDocument);
  }

  async function round(): Promise<Measured> {
    const from = performance.now();
    let position = 0;
    let events = 0;
    let metadataSeen = 0;
    let before = new Map<string, OrderDocument>();
    for (;;) {
      const rows = readPage.all(position, PAGE) as PageRow[];
      if (rows.length === 0) break;
      const page = new Map<string, OrderDocument>();
      for (const [at, stream, revision, type, data, metadata, recordedAt] of rows) {
        const event = { type, data: JSON.parse(data) as unknown } as BenchEvent;
        const { schemaVersion } = JSON.parse(metadata) as { schemaVersion: number };
        metadataSeen += schemaVersion > 0 ? 1 : 0;
        const known = page.get(stream) ?? (revision > 0 ? find(stream, before) : undefined);
        const next = foldOrder(known, event, recordedAt);
        if (next) page.set(stream, next);
        position = at;
      }
      begin.run();
      for (const [key, document] of page) write.run(key, JSON.stringify(document));
      checkpoint.run('orders', position);
      commit.run();
      events += rows.length;
      before = page;
    }
    const seconds = (performance.now() - from) / 1_000;
    if (metadataSeen !== events) throw new Error('an event without a schema version');
    return { perSecond: events / seconds, events, seconds };
  }

  return {
    round,
    close: async () => {
      source.close();
      target.close();
    },
  };
}
