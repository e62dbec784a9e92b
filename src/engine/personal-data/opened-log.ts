import type { EventLog, SubscriptionMessage } from '../../ports/event-log.ts';
import type { PersonalData } from './personal-data.ts';

/** A log whose events are read with their personal data opened. Appends are passed on as given. */
export function openedLog(log: EventLog, { open }: Pick<PersonalData, 'open'>): EventLog {
  async function* subscribe(
    options: Parameters<EventLog['subscribe']>[0],
  ): AsyncGenerator<SubscriptionMessage, undefined> {
    for await (const message of log.subscribe(options)) {
      if (message.kind !== 'events') yield message;
      else yield { ...message, events: await open(message.events) };
    }
    return undefined;
  }

  const opened: Pick<EventLog, 'readStream' | 'readAll' | 'readAt' | 'subscribe'> = {
    readStream: async (...args) => open(await log.readStream(...args)),
    async readAll(options) {
      const page = await log.readAll(options);
      return { ...page, events: await open(page.events) };
    },
    async readAt(position) {
      const event = await log.readAt(position);
      return event && (await open([event]))[0];
    },
    subscribe,
  };
  return Object.assign(Object.create(log) as EventLog, opened);
}
