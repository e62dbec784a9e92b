import { START } from '../../../src/domain/kernel/position.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  appendUntilKnown,
  numbersOf,
  range,
  readToHead,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract, OpenedLog } from './suite.ts';

async function closeAndReopen({ log, reopen }: OpenedLog): Promise<EventLog> {
  if (!reopen) throw new Error('expected a log that can be opened again, found none');
  await log.close();
  return reopen();
}

export function describeReopening({ openOwn, follow, itWith }: Contract): void {
  itWith('reopens')('has everything and its name again after a reopen', async () => {
    const opened = await openOwn();
    const category = uniqueCategory();
    const streams = range(5).map(() => uniqueStream(category));
    for (const stream of streams) {
      await appendDone(opened.log, stream, 'no-stream', someEvents(3));
    }
    const logId = await opened.log.logId();
    const before = await readToHead(opened.log, { after: START, categories: [category] });
    const log = await closeAndReopen(opened);
    expect(await log.logId()).toBe(logId);
    const after = await readToHead(log, { after: START, categories: [category] });
    expect(before.events).toHaveLength(15);
    expect(after.events).toEqual(before.events);
  });

  itWith('reopens')('answers repeats, conflicts and appends as if it had stayed open', async () => {
    const opened = await openOwn();
    const stream = uniqueStream();
    const batch = someEvents(3);
    const first = await appendDone(opened.log, stream, 'no-stream', batch);
    const log = await closeAndReopen(opened);
    expect(await appendDone(log, stream, 'no-stream', batch)).toEqual(first);
    const late = await appendUntilKnown(log, stream, 'no-stream', someEvents(1));
    expect(late).toEqual({ outcome: 'conflict', actual: 2 });
    const next = await appendDone(log, stream, 2, someEvents(1, 3));
    expect(next.revision).toBe(3);
    expect(next.position.commit).toBeGreaterThan(first.position.commit);
  });

  itWith('reopens')('takes a subscription up again where it stood', async () => {
    const opened = await openOwn();
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    await appendDone(opened.log, stream, 'no-stream', someEvents(3));
    const first = follow({ after: START, categories: [category] }, opened.log);
    await first.until(() => first.events.length >= 3);
    await appendDone(opened.log, stream, 2, someEvents(2, 3));
    await first.stop();
    const log = await closeAndReopen(opened);
    const second = follow({ after: first.position, categories: [category] }, log);
    await appendDone(log, stream, 4, someEvents(2, 5));
    await second.until(() => first.events.length + second.events.length >= 7);
    expect(numbersOf([...first.events, ...second.events])).toEqual(range(7));
  });

  itWith('reopens')('holds all of each append that was answered done before a close', async () => {
    const opened = await openOwn();
    const streams = range(50).map(() => uniqueStream());
    const appends = streams.map((stream) => opened.log.append(stream, 'no-stream', someEvents(2)));
    const reopening = closeAndReopen(opened);
    const outcomes = await Promise.all(appends);
    const log = await reopening;
    for (const [i, stream] of streams.entries()) {
      const { length } = await log.readStream(stream);
      const allowed = { done: [2], conflict: [], failed: [0], unknown: [0, 2] };
      expect(allowed[outcomes[i]?.outcome ?? 'conflict']).toContain(length);
    }
  });
}
