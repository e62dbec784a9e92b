import { randomUUID } from 'node:crypto';

import { streamName } from '../../../src/domain/kernel/names.ts';
import { noRound, type Running } from '../harness/task.ts';
import { openEmmett } from '../peer/emmett.ts';
import { eventsInLogOrder } from './alive.ts';
import { commandOf, decideEvent, EVENTS_PER_ORDER, STORE_ID } from './events.ts';
import { openFile } from './log-file.ts';
import { metadataOf, sampleFields } from './metadata.ts';
import { entityIdOf } from './random.ts';

const PARTITION = 'emt:default';

const INSERT_STREAM = `INSERT INTO emt_streams
  (stream_id, stream_position, partition, stream_type, stream_metadata, is_archived)
  VALUES (?, ${EVENTS_PER_ORDER}, ?, 'order', '[]', FALSE)`;

const INSERT_MESSAGE = `INSERT INTO emt_messages
  (stream_id, stream_position, partition, message_kind, message_data, message_metadata,
   message_schema_version, message_type, message_id, is_archived)
  VALUES (?, ?, ?, 'E', ?, ?, '1', ?, ?, FALSE)`;

/** The same events in the same order as in our log, in the peer's own schema. */
export async function setup({ path, events }: { path: string; events: number }): Promise<Running> {
  const { connection } = await openEmmett(path);
  connection.close();
  const db = openFile(path, 'OFF');
  const insertStream = db.prepare(INSERT_STREAM);
  const insertMessage = db.prepare(INSERT_MESSAGE);
  const recordedAt = new Date().toISOString();
  db.exec('BEGIN');
  for (const { order, revision } of eventsInLogOrder(events)) {
    const orderId = entityIdOf('replay', order);
    const stream = streamName('order', STORE_ID, orderId);
    if (revision === 0) insertStream.run(stream, PARTITION);
    const command = commandOf(order, revision);
    const event = decideEvent(orderId, command);
    insertMessage.run(
      stream,
      revision + 1,
      PARTITION,
      JSON.stringify(event.data),
      JSON.stringify({ ...metadataOf(sampleFields(command)), recordedAt }),
      event.type,
      randomUUID(),
    );
  }
  db.exec('COMMIT');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { round: noRound, close: () => Promise.resolve() };
}
