import { randomUUID } from 'node:crypto';

import { streamName } from '../../../src/domain/kernel/names.ts';
import { noRound, type Running } from '../harness/task.ts';
import { eventsInLogOrder } from './alive.ts';
import { commandOf, decideEvent, STORE_ID } from './events.ts';
import { CATEGORY, createLogFile, INSERT_EVENT, INSERT_STREAM } from './log-file.ts';
import { metadataOf, sampleFields } from './metadata.ts';
import { entityIdOf } from './random.ts';

const EVENTS_PER_TRANSACTION = 50_000;

const DAY_MS = 86_400_000;

interface LogParameters {
  readonly path: string;
  readonly events: number;
  /** Events of each stream. */
  readonly perOrder: number;
  /** Days over which they were recorded, evenly; 0: all at one moment. */
  readonly days: number;
}

/** Writes a log of `events` events in the product's schema, in one bulk insert loop. */
export async function setup({ path, events, perOrder, days }: LogParameters): Promise<Running> {
  const db = createLogFile(path, 'OFF');
  const insertStream = db.prepare(INSERT_STREAM);
  const insertEvent = db.prepare(INSERT_EVENT);
  const streamIds = new Map<number, { readonly id: number; readonly orderId: string }>();
  const nowMs = Date.now();
  let inTransaction = 0;
  let written = 0;
  db.exec('BEGIN');
  for (const { order, revision } of eventsInLogOrder(events, perOrder)) {
    let stream = streamIds.get(order);
    if (!stream) {
      const orderId = entityIdOf('replay', order);
      const name = streamName('order', STORE_ID, orderId);
      stream = { id: Number(insertStream.run(name, CATEGORY).lastInsertRowid), orderId };
      streamIds.set(order, stream);
    }
    const command = commandOf(order, revision);
    const event = decideEvent(stream.orderId, command);
    const recordedAt = new Date(nowMs - (1 - ++written / events) * days * DAY_MS).toISOString();
    insertEvent.run(
      stream.id,
      revision,
      randomUUID(),
      event.type,
      JSON.stringify(event.data),
      JSON.stringify(metadataOf(sampleFields(command))),
      recordedAt,
    );
    if (revision === perOrder - 1) streamIds.delete(order);
    if (++inTransaction < EVENTS_PER_TRANSACTION) continue;
    db.exec('COMMIT');
    db.exec('BEGIN');
    inTransaction = 0;
  }
  db.exec('COMMIT');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { round: noRound, close: () => Promise.resolve() };
}
