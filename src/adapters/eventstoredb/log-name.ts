import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { Ids } from '../../ports/ids.ts';
import type { EventLogReads } from './event-log-reads.ts';
import type { StreamWriter } from './event-log-writes.ts';
import { META_STREAM } from './recorded.ts';

/** Attempts to append the name while the outcome is unknown. */
const MAX_ATTEMPTS = 5;

interface LogNamed {
  readonly logId: string;
}

export interface LogName {
  /** The name; the first caller writes it. Throws when the log cannot be read or written. */
  read(): Promise<string>;
  /** Whether the name was read or written before. */
  isKnown(): boolean;
}

/** The name of a log is an event in a stream of the adapter, so it is part of every copy. */
export function createLogName(
  reads: Pick<EventLogReads, 'readStream'>,
  writes: StreamWriter,
  ids: Ids,
): LogName {
  let known: string | undefined;

  async function stored(): Promise<string | undefined> {
    const [first] = await reads.readStream(META_STREAM, { limit: 1 });
    return (first?.data as LogNamed | undefined)?.logId;
  }

  async function name(): Promise<string> {
    const found = await stored();
    if (found !== undefined) return found;
    const id = ids.uuid();
    const logId = ids.uuid();
    const metadata = {
      storeId: SYSTEM_STORE,
      commandId: id,
      fields: {},
      correlationId: id,
      causationId: id,
      actor: { kind: 'system', id: 'event-log' },
      schemaVersion: 1,
    } as const;
    const event = { id, type: 'LogNamed', data: { logId }, metadata };
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await writes.append(META_STREAM, 'no-stream', [event]);
      if (outcome.outcome === 'done') return logId;
      // Another instance was faster.
      if (outcome.outcome === 'conflict') break;
      if (outcome.outcome === 'failed' || attempt === MAX_ATTEMPTS) throw outcome.error;
    }
    const winner = await stored();
    if (winner === undefined) throw new Error(`expected the name of the log in ${META_STREAM}`);
    return winner;
  }

  return {
    async read() {
      known ??= await name();
      return known;
    },
    isKnown: () => known !== undefined,
  };
}
