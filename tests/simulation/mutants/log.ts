import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { SYSTEM_STORE } from '../../../src/domain/kernel/names.ts';
import type { AppendOutcome, EventLog } from '../../../src/ports/event-log.ts';
import type { World } from '../world/world.ts';
import type { Mutant } from './mutant.ts';

type Append = EventLog['append'];

/** A log whose appends are done in another way. */
const appending =
  (how: (append: Append, log: EventLog, world: World) => Append) =>
  (log: EventLog, world: World): EventLog => ({
    ...log,
    append: how((...args) => log.append(...args), log, world),
  });

const ofShop = (events: readonly NewEvent[]) => events[0]?.metadata.storeId !== SYSTEM_STORE;

async function pretendDone(log: EventLog, stream: string): Promise<AppendOutcome> {
  const position = await log.head();
  const last = await log.readStream(stream, { direction: 'backwards', limit: 1 });
  const revision = last[0]?.revision ?? 0;
  return { outcome: 'done', revision, position };
}

/** Bugs of a log, or of how it is written to. */
export const logMutants: readonly Mutant[] = [
  {
    name: 'no-expected-revision',
    standsFor: 'an append is stored at whatever revision its stream is',
    log: appending((append) => async (stream, expected, events) => {
      const outcome = await append(stream, expected, events);
      if (outcome.outcome !== 'conflict') return outcome;
      return append(stream, outcome.actual, events);
    }),
  },
  {
    name: 'append-not-atomic',
    standsFor: 'of two events of one decision only the first is stored, now and then',
    log: appending((append, log, world) => async (stream, expected, events) => {
      const cut = events.length > 1 && world.rnd('mutant').chance(0.3);
      if (!cut) return append(stream, expected, events);
      await append(stream, expected, events.slice(0, 1));
      return pretendDone(log, stream);
    }),
  },
  {
    name: 'acknowledged-unsynced',
    standsFor: 'an append is acknowledged and then lost, as without fsync',
    log: appending((append, log, world) => async (stream, expected, events) => {
      const lost = ofShop(events) && world.rnd('mutant').chance(0.02);
      return lost ? pretendDone(log, stream) : append(stream, expected, events);
    }),
  },
  {
    name: 'position-answered-wrong',
    standsFor: 'the log tells the position of the event before',
    log: appending((append) => async (...args) => {
      const outcome = await append(...args);
      if (outcome.outcome !== 'done') return outcome;
      const wrong = ({ commit }: { commit: bigint }) => {
        const at = commit > 0n ? commit - 1n : commit;
        return { commit: at, prepare: at };
      };
      return { ...outcome, position: wrong(outcome.position) };
    }),
  },
  {
    name: 'conflict-answered-done',
    standsFor: 'a conflict is taken for a success',
    nodeLog: appending((append, log) => async (stream, expected, events) => {
      const outcome = await append(stream, expected, events);
      return outcome.outcome === 'conflict' ? pretendDone(log, stream) : outcome;
    }),
  },
  {
    name: 'unknown-answered-done',
    standsFor: 'an append without an answer is taken for a success',
    nodeLog: appending((append, log) => async (stream, expected, events) => {
      const outcome = await append(stream, expected, events);
      return outcome.outcome === 'unknown' ? pretendDone(log, stream) : outcome;
    }),
  },
  {
    name: 're-decide-on-unknown',
    standsFor: 'an append without an answer is made anew with new ids, at the revision there is',
    nodeLog: appending((append, log) => async (stream, expected, events) => {
      const outcome = await append(stream, expected, events);
      if (outcome.outcome !== 'unknown') return outcome;
      const last = await log.readStream(stream, { direction: 'backwards', limit: 1 });
      const anew = events.map((event) => ({ ...event, id: `${event.id.slice(0, -1)}_` }));
      return append(stream, last[0]?.revision ?? 'no-stream', anew);
    }),
  },
  {
    name: 'no-idempotency',
    standsFor: 'nobody recognises a command that was carried out before',
    nodeLog: appending((append, _log, world) => (stream, expected, events) => {
      const tail = world.rnd('mutant').uuid();
      const unknown = events.map((event) => {
        const { metadata } = event;
        if (metadata.storeId === SYSTEM_STORE) return event;
        const commandId = `${metadata.commandId}~${tail}`;
        return { ...event, metadata: { ...metadata, commandId } };
      });
      return append(stream, expected, unknown);
    }),
  },
  {
    name: 'refusal-not-recorded',
    standsFor: 'a refused command leaves no trace',
    nodeLog: appending((append, log) => async (stream, expected, events) => {
      if (events[0]?.type !== 'CommandRefused') return append(stream, expected, events);
      return pretendDone(log, stream);
    }),
  },
  {
    name: 'revision-off-by-one',
    standsFor: 'a stream that is read from a revision on comes from the one after it',
    nodeLog: (log) => ({
      ...log,
      async readStream(stream, options = {}) {
        const { from, direction } = options;
        if (from === undefined || direction === 'backwards') return log.readStream(stream, options);
        return log.readStream(stream, { ...options, from: from + 1 });
      },
    }),
  },
  {
    name: 'event-order-swapped',
    standsFor: 'two neighbours of a page of the log come in the wrong order',
    nodeLog: (log, world) => ({
      ...log,
      async readAll(options) {
        const page = await log.readAll(options);
        const events = [...page.events];
        const at = events.length > 2 ? world.rnd('mutant').below(events.length - 1) : 0;
        events.splice(at, 0, ...events.splice(at + 1, 1));
        return { ...page, events };
      },
    }),
  },
  {
    name: 'clock-goes-back',
    standsFor: 'the log stamps its events with a clock that was set back',
    logTime: (ms, world) => (world.now > 2_000 && world.now < 60_000 ? ms - 1_500 : ms),
  },
];
