import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { decideEvent } from '../inputs/events.ts';
import { createLanes } from '../inputs/lanes.ts';
import {
  CATEGORY,
  createLogFile,
  FIND_HEAD,
  INSERT_EVENT,
  INSERT_STREAM,
} from '../inputs/log-file.ts';
import { metadataOf, sampleFields } from '../inputs/metadata.ts';
import type { AppendParameters } from '../harness/closed-loop.ts';
import type { Measured, Running } from '../harness/task.ts';

/**
 * The bare loop: all commands in flight in one transaction, and for each of them one look-up of the
 * revision, the JSON of data and metadata, and one insert. It knows nothing of ids handled before,
 * schemas, caches, waiting callers or readers.
 */
export async function setup({ folder, inFlight, roundMs }: AppendParameters): Promise<Running> {
  const db = createLogFile(join(folder, 'floor-log.db'), 'FULL');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const findHead = db.prepare(FIND_HEAD).raw();
  const insertStream = db.prepare(INSERT_STREAM);
  const insertEvent = db.prepare(INSERT_EVENT);
  const nextSteps = createLanes(inFlight);

  function commitGroup(): void {
    const recordedAt = new Date().toISOString();
    begin.run();
    for (const { orderId, stream, revision, command } of nextSteps()) {
      const head = findHead.get(stream) as [number, number | null] | undefined;
      const found = head?.[1] ?? -1;
      if (found !== revision - 1)
        throw new Error(`expected ${stream} at ${revision - 1}: ${found}`);
      const streamId = head?.[0] ?? insertStream.run(stream, CATEGORY).lastInsertRowid;
      const event = decideEvent(orderId, command);
      insertEvent.run(
        streamId,
        revision,
        randomUUID(),
        event.type,
        JSON.stringify(event.data),
        JSON.stringify(metadataOf(sampleFields(command))),
        recordedAt,
      );
    }
    commit.run();
  }

  async function round(): Promise<Measured> {
    const from = performance.now();
    let commands = 0;
    while (performance.now() - from < roundMs) {
      commitGroup();
      commands += inFlight;
    }
    return { perSecond: (commands * 1_000) / (performance.now() - from) };
  }

  return {
    round,
    close: async () => {
      db.close();
    },
  };
}
