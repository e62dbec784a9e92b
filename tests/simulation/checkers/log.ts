import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { storeOf, SYSTEM_STORE } from '../../../src/domain/kernel/names.ts';
import { comparePositions } from '../../../src/domain/kernel/position.ts';
import { isFrozen } from '../../support/is-frozen.ts';
import type { CreateChecker } from './checker.ts';

/** Rules of the log itself: revisions, positions, times, and that nothing in it ever changes. */
export const logRules: CreateChecker = ({ servers }, fail) => {
  const { stored: recorded, appends } = servers;
  const revisions = new Map<string, number>();
  const ids = new Set<string>();
  /** Each event as it was when it was recorded. */
  const seen: RecordedEvent[] = [];
  let newest: RecordedEvent | undefined;

  function check(event: RecordedEvent): void {
    const { stream, revision, position, recordedAt, id, metadata } = event;
    const before = revisions.get(stream) ?? -1;
    if (revision !== before + 1) {
      fail('stream-revisions', `expected ${stream} at ${before + 1}, found ${revision}`);
    }
    revisions.set(stream, revision);
    if (ids.has(id)) fail('event-once', `event ${id} of ${stream} is there twice`);
    ids.add(id);
    if (newest && comparePositions(position, newest.position) <= 0) {
      fail('positions-grow', `${stream} at ${revision} is not after the event before it`);
    }
    if (newest && recordedAt < newest.recordedAt) {
      fail('time-grows', `${stream} at ${revision} was recorded before the event before it`);
    }
    if (metadata.storeId !== SYSTEM_STORE && storeOf(stream) !== metadata.storeId) {
      fail('tenant-isolation', `an event of ${metadata.storeId} stands in ${stream}`);
    }
    newest = event;
  }

  /** What was sent as one append is there as a whole, at the revision it was for, or not at all. */
  function checkAppends(): void {
    const places = new Map(recorded.map((event) => [event.id, event]));
    const decided = new Map<string, string>();
    // What met a conflict may be sent again for another revision, and is then stored at that one.
    const meant = new Set(
      appends.flatMap(({ expected, ids: sent }) =>
        sent.map((id, i) => `${id} ${(expected === 'no-stream' ? 0 : expected + 1) + i}`),
      ),
    );
    for (const { stream, expected, ids: sent, commandId } of appends) {
      const stored = sent.map((id) => places.get(id));
      const there = stored.filter((event) => event !== undefined);
      if (there.length === 0) continue;
      const what = `${commandId} in ${stream}`;
      if (there.length < sent.length) {
        fail('all-or-nothing', `${there.length} of ${sent.length} events of ${what} are stored`);
      }
      const first = (expected === 'no-stream' ? -1 : expected) + 1;
      if (there.some(({ id, revision }) => !meant.has(`${id} ${revision}`))) {
        const found = there.map(({ revision }) => revision).join(', ');
        fail('expected-revision', `${what} was for revision ${first} and is at ${found}`);
      }
      if (storeOf(stream) === SYSTEM_STORE) continue;
      const other = decided.get(what);
      if (other !== undefined && other !== sent[0]) {
        fail('exactly-once', `${what} was decided and stored twice`);
      }
      decided.set(what, sent[0] ?? '');
    }
  }

  return {
    onStep() {
      while (seen.length < recorded.length) {
        const event = recorded[seen.length] as RecordedEvent;
        check(event);
        if (!isFrozen(event)) fail('history-immutable', `event ${event.id} can be changed`);
        seen.push(event);
      }
    },
    atEnd() {
      recorded.forEach((event, i) => {
        if (event === seen[i]) return;
        fail('history-immutable', `event ${i} is not what it was when it was recorded`);
      });
      checkAppends();
    },
  };
};
