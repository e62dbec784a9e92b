import { randomUUID } from 'node:crypto';

import { streamName } from '../../../src/domain/kernel/names.ts';
import { noRound, type Running } from '../harness/task.ts';
import { STORE_ID } from './events.ts';
import { CATEGORY, INSERT_EVENT, INSERT_STREAM, openFile } from './log-file.ts';
import { entityIdOf } from './random.ts';

const ORDERS_PER_TRANSACTION = 10_000;

const READ_TEMPLATE = `SELECT e.type, e.data, e.metadata, e.recorded_at
  FROM events e JOIN streams s ON s.id = e.stream_id WHERE s.name = ? ORDER BY e.revision`;

interface ShopParameters {
  /** The product's log, in which the order of `orderId` was carried out through its API. */
  readonly log: string;
  readonly orderId: string;
  readonly commandIds: string;
  readonly events: number;
}

/** Repeats what a real order left in the log, under new ids, until there are so many events. */
export async function setup(parameters: ShopParameters): Promise<Running> {
  const { log, orderId, events } = parameters;
  const commandIds = JSON.parse(parameters.commandIds) as string[];
  const db = openFile(log, 'OFF');
  const template = db.prepare(READ_TEMPLATE).raw();
  const rows = template.all(streamName('order', STORE_ID, orderId)) as [
    string,
    string,
    string,
    string,
  ][];
  if (rows.length === 0) throw new Error(`expected the events of order ${orderId}, found none`);
  const insertStream = db.prepare(INSERT_STREAM);
  const insertEvent = db.prepare(INSERT_EVENT);
  const orders = Math.ceil(events / rows.length);
  db.exec('BEGIN');
  for (let order = 0; order < orders; order++) {
    const newId = entityIdOf('shop', order);
    const replaced: [string, string][] = [
      [orderId, newId],
      ...commandIds.map((id): [string, string] => [id, randomUUID()]),
    ];
    const renamed = (text: string) =>
      replaced.reduce((all, [before, after]) => all.replaceAll(before, after), text);
    const stream = streamName('order', STORE_ID, newId);
    const streamId = insertStream.run(stream, CATEGORY).lastInsertRowid;
    rows.forEach(([type, data, metadata, recordedAt], revision) => {
      insertEvent.run(
        streamId,
        revision,
        randomUUID(),
        type,
        renamed(data),
        renamed(metadata),
        recordedAt,
      );
    });
    if (order % ORDERS_PER_TRANSACTION !== ORDERS_PER_TRANSACTION - 1) continue;
    db.exec('COMMIT');
    db.exec('BEGIN');
  }
  db.exec('COMMIT');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { info: { events: orders * rows.length }, round: noRound, close: () => Promise.resolve() };
}
