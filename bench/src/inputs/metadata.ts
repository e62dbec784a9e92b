import { randomUUID } from 'node:crypto';

import { fieldHashes } from '../../../src/domain/kernel/fingerprint.ts';
import type { EventMetadata } from '../../../src/domain/kernel/event.ts';
import { type BenchCommand, STORE_ID } from './events.ts';

/** Metadata as the product's command engine writes it, for those who do not run that engine. */
export function metadataOf(fields: EventMetadata['fields']): EventMetadata {
  const commandId = randomUUID();
  return {
    storeId: STORE_ID,
    commandId,
    fields,
    correlationId: commandId,
    causationId: commandId,
    actor: { kind: 'key', id: 'bench' },
    schemaVersion: 1,
  };
}

const known = new Map<string, EventMetadata['fields']>();

/** Field hashes of one command of each type: right in form and size, and free for the floor. */
export function sampleFields(command: BenchCommand): EventMetadata['fields'] {
  let fields = known.get(command.type);
  if (!fields) {
    fields = fieldHashes(command);
    known.set(command.type, fields);
  }
  return fields;
}
