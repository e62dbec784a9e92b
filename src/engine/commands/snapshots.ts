import { canonicalJson } from '../../domain/kernel/fingerprint.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';
import type { PersonalData } from '../personal-data/personal-data.ts';
import type { AnyDecider, HandledCommand, StreamState } from './stream-state.ts';

/** A snapshot is written when a stream has grown by this many events since the last one. */
const SNAPSHOT_EVERY = 100;

export interface Snapshots {
  /** A state with the right digest and fold version; the caller checks it against the log. */
  load<State>(stream: string, decider: AnyDecider<State>): Promise<StreamState<State> | undefined>;
  /** Writes a snapshot when one is due. Never fails: without it the next load is only slower. */
  offer<State>(before: number, entry: StreamState<State>, decider: AnyDecider<State>): void;
}

export const noSnapshots: Snapshots = {
  load: () => Promise.resolve(undefined),
  offer: () => undefined,
};

interface Body {
  readonly state: unknown;
  readonly handled: [string, HandledCommand][];
  readonly position: { commit: string; prepare: string };
}

export function createSnapshots(
  store: SnapshotStore,
  digest: Digest,
  logger: Logger,
  everyEvents = SNAPSHOT_EVERY,
  personalData?: Pick<PersonalData, 'sealText' | 'openText'>,
): Snapshots {
  const digestOf = (snapshot: Omit<Snapshot, 'digest'>) =>
    digest.sha256(
      canonicalJson([
        snapshot.stream,
        snapshot.revision,
        snapshot.lastEventId,
        snapshot.foldVersion,
        snapshot.body,
      ]),
    );

  function warn(stream: string, error: unknown): void {
    logger.warn({ stream, error: String(error) }, 'snapshot could not be used or written');
  }

  async function write(entry: StreamState<unknown>, decider: AnyDecider): Promise<void> {
    if (entry.lastEventId === undefined || !entry.lastPosition) return;
    const body: Body = {
      state: entry.state,
      handled: [...entry.handled],
      position: {
        commit: String(entry.lastPosition.commit),
        prepare: String(entry.lastPosition.prepare),
      },
    };
    const text = JSON.stringify(body);
    const stored = decider.personal ? await personalData?.sealText(entry.stream, text) : text;
    if (stored === undefined) return;
    const snapshot = {
      stream: entry.stream,
      revision: entry.revision,
      lastEventId: entry.lastEventId,
      foldVersion: decider.version,
      body: stored,
    };
    await store.put({ ...snapshot, digest: digestOf(snapshot) });
  }

  return {
    async load<State>(stream: string, decider: AnyDecider<State>) {
      try {
        const found = await store.get(stream);
        if (!found || found.stream !== stream || found.foldVersion !== decider.version) {
          return undefined;
        }
        const { digest: given, ...rest } = found;
        if (digestOf(rest) !== given) {
          warn(stream, 'the digest does not match');
          return undefined;
        }
        const text = decider.personal
          ? await personalData?.openText(stream, found.body)
          : found.body;
        if (text === undefined) return undefined;
        const body = JSON.parse(text) as Body;
        if (body.state === undefined || !coversAll(body.handled, found.revision)) {
          warn(stream, 'the body does not match the revision');
          return undefined;
        }
        return {
          stream,
          revision: found.revision,
          lastEventId: found.lastEventId,
          lastPosition: {
            commit: BigInt(body.position.commit),
            prepare: BigInt(body.position.prepare),
          },
          state: body.state as State,
          handled: new Map(body.handled),
        };
      } catch (error) {
        warn(stream, error);
        return undefined;
      }
    },
    offer(before, entry, decider) {
      if (timesDue(before, everyEvents) === timesDue(entry.revision, everyEvents)) return;
      write(entry, decider).catch((error: unknown) => warn(entry.stream, error));
    },
  };
}

/** The number of snapshots that were due by this revision. */
function timesDue(revision: number, everyEvents: number): number {
  return Math.floor((revision + 1) / everyEvents);
}

/** Every event belongs to one command, so the commands, in order, cover every revision. */
function coversAll(handled: Body['handled'], revision: number): boolean {
  let next = 0;
  for (const [, command] of handled) {
    if (command.revision !== next || command.count < 1) return false;
    next += command.count;
  }
  return next === revision + 1;
}
