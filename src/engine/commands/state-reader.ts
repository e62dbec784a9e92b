import type { EventTypes } from '../../domain/kernel/event-types.ts';
import { streamName } from '../../domain/kernel/names.ts';
import type { FairTurns } from '../../lib/fair-turns.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { loadStream } from './load-stream.ts';
import { noSnapshots } from './snapshots.ts';
import type { AnyDecider } from './stream-state.ts';

/** Reads the state of an entity from the log, for what must not rely on a read model. */
export interface StateReader {
  /** The initial state where there is no such entity. @throws UpstreamError store_unavailable. */
  read<State>(
    decider: Pick<AnyDecider<State>, 'category'> & { readonly initialState: State },
    storeId: string,
    entityId: string,
  ): Promise<State>;
}

export interface StateReaderOptions {
  readonly log: EventLog;
  readonly types: EventTypes;
  readonly turns: FairTurns;
}

export function createStateReader({ log, types, turns }: StateReaderOptions): StateReader {
  return {
    async read(decider, storeId, entityId) {
      const stream = streamName(decider.category, storeId, entityId);
      const known = decider as unknown as AnyDecider<(typeof decider)['initialState']>;
      const { state } = await loadStream({ log, turns }, stream, known, types, noSnapshots);
      return state;
    },
  };
}
