import { randomUUID } from 'node:crypto';

import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

import type { NewEvent } from '../../../src/domain/kernel/event.ts';

type Written = Parameters<EventStoreDBClient['appendToStream']>[1];

/** Calls with credentials share no append stream with the other clients of this process. */
const credentials = { username: 'admin', password: 'changeit' };

/** Another user of the same server, and what an operator does by hand. */
export interface OtherApplication {
  /** One event of each kind that an application may store. @returns the number of events. */
  writeEach(stream: string): Promise<number>;
  writeJson(stream: string, metadata?: Record<string, unknown>): Promise<void>;
  writeBinary(stream: string): Promise<void>;
  writeLink(stream: string, to: string): Promise<void>;
  /** As a version of Tillstream from before there were namespaces. */
  writeAsOldVersion(stream: string, events: readonly NewEvent[]): Promise<void>;
  softDelete(stream: string): Promise<void>;
  setMetadata(stream: string, metadata: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export function openOtherApplication(connectionString: string): OtherApplication {
  const client = EventStoreDBClient.connectionString(connectionString);

  async function write(stream: string, events: Written): Promise<void> {
    await client.appendToStream(stream, events, { credentials });
  }

  const application: OtherApplication = {
    async writeEach(stream) {
      await application.writeJson(stream);
      await application.writeJson(stream, { correlation: 7 });
      await application.writeBinary(stream);
      await application.writeLink(stream, `0@${stream}`);
      await write(stream, jsonEvent({ type: 'text', data: 'text', metadata: Buffer.from('{') }));
      return 5;
    },
    writeJson: (stream, metadata) =>
      write(
        stream,
        jsonEvent({ type: 'OrderPlaced', data: { id: 42 }, ...(metadata && { metadata }) }),
      ),
    writeBinary: (stream) =>
      write(stream, binaryEvent({ type: 'blob', data: Uint8Array.of(0, 1, 254, 255) })),
    writeLink: (stream, to) =>
      write(stream, binaryEvent({ type: '$>', data: new TextEncoder().encode(to) })),
    writeAsOldVersion: (stream, events) =>
      write(
        stream,
        events.map(({ id, type, data, metadata }) =>
          jsonEvent({ id, type, data: data as never, metadata: { ...metadata } }),
        ),
      ),
    async softDelete(stream) {
      await client.deleteStream(stream, { credentials });
    },
    async setMetadata(stream, metadata) {
      await client.setStreamMetadata(stream, metadata, { credentials });
    },
    close: () => client.dispose(),
  };
  return application;
}

/** A stream as other applications name theirs. */
export function foreignStream(): string {
  return `order-${randomUUID()}`;
}
