import type { EventLog } from '../../../src/ports/event-log.ts';
import { describeEventLogContract, type OpenedLog } from '../../contracts/event-log/suite.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import {
  type EventStoreServer,
  findEventStore,
  startEventStore,
} from '../../support/servers/event-store.ts';
import { startable } from '../../support/servers/find.ts';
import { openLog } from './opened-log.ts';

/** The server drops a slow subscriber, which then subscribes again. */
const MAX_RESUBSCRIBES = 50;
const TIMEOUT_MS = 60_000;

const source = findEventStore();

describeWith(source, 'EventStoreDB', () => {
  let server: EventStoreServer | undefined;

  async function connectionString(): Promise<string> {
    if (source.kind === 'url') return source.url;
    server ??= await startEventStore(startable(source));
    return server.connectionString;
  }

  afterAll(async () => {
    await server?.stop();
  });

  async function open(): Promise<OpenedLog> {
    const url = await connectionString();
    const opened: EventLog[] = [];
    const openOne = () => {
      const log = openLog(url);
      opened.push(log);
      return log;
    };
    return {
      log: openOne(),
      reopen: () => Promise.resolve(openOne()),
      destroy: async () => {
        await Promise.all(opened.map((log) => log.close()));
      },
    };
  }

  describeEventLogContract('the EventStoreDB adapter', open, {
    reopens: true,
    maxResubscribes: MAX_RESUBSCRIBES,
    timeoutMs: TIMEOUT_MS,
  });
});
