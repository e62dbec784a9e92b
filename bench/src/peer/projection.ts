import { EVENT_TYPE_NAMES } from '../inputs/events.ts';
import { foldOrder, type OrderDocument } from '../inputs/fold.ts';
import { asEvent, type Connection, type Projection } from './emmett.ts';

export const CREATE_DOCUMENTS =
  'CREATE TABLE IF NOT EXISTS documents (key TEXT NOT NULL UNIQUE, body TEXT NOT NULL)';

const LOAD = 'SELECT key, body FROM documents WHERE key IN (SELECT value FROM json_each(?))';
/** One statement for all documents of a batch: each statement is a trip through a thread pool. */
const WRITE = `INSERT INTO documents (key, body)
  SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?) WHERE true
  ON CONFLICT (key) DO UPDATE SET body = excluded.body`;

/** Documents kept in memory: about those that a page of 10,000 events touches. */
const MAX_CACHED = 4_000;

/**
 * A projection of the peer that folds whole batches, with what helps the other two as well: the
 * documents touched last are kept in memory.
 */
export function createPeerProjection(define: (definition: Projection) => Projection): Projection {
  const recent = new Map<string, OrderDocument>();

  function keep(page: Map<string, OrderDocument>): void {
    for (const [key, document] of page) {
      recent.delete(key);
      recent.set(key, document);
    }
    for (const key of recent.keys()) {
      if (recent.size <= MAX_CACHED) break;
      recent.delete(key);
    }
  }

  async function load(connection: Connection, keys: Set<string>) {
    const missing = [...keys].filter((key) => !recent.has(key));
    const found = new Map<string, OrderDocument>();
    for (const key of keys) {
      const known = recent.get(key);
      if (known) found.set(key, known);
    }
    if (missing.length === 0) return found;
    const rows = await connection.query<{ key: string; body: string }>(LOAD, [
      JSON.stringify(missing),
    ]);
    for (const { key, body } of rows) found.set(key, JSON.parse(body) as OrderDocument);
    return found;
  }

  return define({
    name: 'orders',
    canHandle: EVENT_TYPE_NAMES,
    async handle(messages, { connection }) {
      const started = new Set<string>();
      const wanted = new Set<string>();
      for (const { metadata } of messages) {
        if (metadata.streamPosition === 1n) started.add(metadata.streamName);
        else if (!started.has(metadata.streamName)) wanted.add(metadata.streamName);
      }
      const known = await load(connection, wanted);
      const page = new Map<string, OrderDocument>();
      for (const message of messages) {
        const { streamName, recordedAt = '' } = message.metadata;
        const document = page.get(streamName) ?? known.get(streamName);
        const next = foldOrder(document, asEvent(message), recordedAt);
        if (next) page.set(streamName, next);
      }
      const rows = [...page].map(([key, document]) => [key, JSON.stringify(document)]);
      await connection.command(WRITE, [JSON.stringify(rows)]);
      keep(page);
    },
  });
}
