import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { DueChange, DueEntry } from '../../../src/engine/deliveries/due-entry.ts';
import { createDueIndex, type DueIndex } from '../../../src/engine/deliveries/due-index.ts';
import { createDueLines } from '../../../src/engine/deliveries/due-lines.ts';
import { createDueTimers } from '../../../src/engine/deliveries/due-timers.ts';
import type { Priority } from '../../../src/engine/deliveries/ready-queue.ts';

const revisions = new Map<string, number>();
const DAY = 86_400_000;

function apply(index: DueIndex, deliveryId: string, change: DueChange, storeId = 's') {
  const stream = `delivery-${storeId}.${deliveryId}`;
  const revision = (revisions.get(stream) ?? -1) + 1;
  revisions.set(stream, revision);
  const event = { stream, revision, position: START } as unknown as RecordedEvent;
  index.apply(event, { storeId, deliveryId }, change);
}

const opened = (more: Partial<DueChange & { kind: 'opened' }> = {}): DueChange => ({
  kind: 'opened',
  channel: 'email',
  priority: 'NORMAL',
  expiresAtMs: 7 * DAY,
  ...more,
});
const LINE = { storeId: 's', channel: 'email', orderKey: 'o' };
const all = () => true;
const taken = (index: DueIndex, nowMs = 0) => index.take(nowMs, all)?.deliveryId;

describe('The index of what is due', () => {
  beforeEach(() => revisions.clear());

  it('gives each delivery once, until it is put back', () => {
    const index = createDueIndex();
    apply(index, 'a', opened());
    const entry = index.take(0, all);
    expect(entry?.deliveryId).toBe('a');
    expect(taken(index)).toBeUndefined();
    index.giveBack(entry!, 500);
    expect(taken(index, 499)).toBeUndefined();
    expect(taken(index, 500)).toBe('a');
  });

  it('goes by what the events say when a delivery is put back', () => {
    const index = createDueIndex();
    apply(index, 'a', opened());
    const entry = index.take(0, all)!;
    apply(index, 'a', { kind: 'sending', attempt: 1, dueAtMs: 1_800_000 });
    apply(index, 'a', { kind: 'waiting', dueAtMs: 10_000 });
    index.giveBack(entry, 500);
    expect(index.nextDueMs()).toBe(10_000);
    apply(index, 'a', { kind: 'ended' });
    expect(taken(index, 20_000)).toBeUndefined();
    expect(index.size).toBe(0);
  });

  it('takes up an attempt without a result when its time is up', () => {
    const index = createDueIndex();
    apply(index, 'a', opened());
    apply(index, 'a', { kind: 'sending', attempt: 1, dueAtMs: 1_800_000 });
    expect(index.attemptsElsewhere()).toHaveLength(1);
    expect(taken(index, 1_799_999)).toBeUndefined();
    expect(taken(index, 1_800_000)).toBe('a');
  });

  it('passes over events that it has seen', () => {
    const index = createDueIndex();
    apply(index, 'a', opened());
    apply(index, 'a', { kind: 'parked' });
    revisions.set('delivery-s.a', -1);
    apply(index, 'a', opened());
    expect(taken(index)).toBeUndefined();
  });

  it('sends the urgent ones first, and of each eight one of the least urgent', () => {
    const index = createDueIndex();
    for (let i = 0; i < 40; i++) {
      for (const priority of ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const) {
        apply(index, `${priority}-${i}`, opened({ priority }));
      }
    }
    const order = Array.from({ length: 32 }, () => taken(index)?.split('-')[0] as Priority);
    const counts = (priority: Priority) => order.filter((one) => one === priority).length;
    expect([counts('CRITICAL'), counts('NORMAL'), counts('LOW')]).toEqual([24, 4, 4]);
  });

  it('lets the shops take turns', () => {
    const index = createDueIndex();
    for (let i = 0; i < 10; i++) apply(index, `a${i}`, opened(), 'a');
    apply(index, 'b0', opened(), 'b');
    expect([taken(index), taken(index)]).toEqual(['a0', 'b0']);
  });

  it('keeps the order of those with the same key, also while the first one waits', () => {
    const index = createDueIndex();
    apply(index, 'first', opened({ orderKey: 'o' }));
    apply(index, 'second', opened({ orderKey: 'o' }));
    const first = index.take(0, all)!;
    expect(first.deliveryId).toBe('first');
    expect(taken(index)).toBeUndefined();
    apply(index, 'first', { kind: 'waiting', dueAtMs: 10_000 });
    index.giveBack(first, 0);
    expect(taken(index, 5_000)).toBeUndefined();
    apply(index, 'first', { kind: 'parked' });
    expect(taken(index, 5_000)).toBe('second');
  });

  it('gives what has expired although its channel cannot send', () => {
    const index = createDueIndex();
    apply(index, 'a', opened({ channel: 'sms', expiresAtMs: DAY }));
    expect(index.take(DAY - 1, () => false)).toBeUndefined();
    expect(index.take(DAY, () => false)?.deliveryId).toBe('a');
  });

  it('lets go of what is parked, which is counted, and of what is not sent any more', () => {
    const index = createDueIndex();
    for (const id of ['a', 'b', 'c']) apply(index, id, opened());
    apply(index, 'a', { kind: 'parked' });
    apply(index, 'b', { kind: 'ended' });
    expect(index.size).toBe(1);
    expect(index.parked().get('email')).toBe(1);
    expect([...index.entries()].map(({ deliveryId }) => deliveryId)).toEqual(['c']);
    apply(index, 'a', { kind: 'ended' });
    expect(index.parked().get('email')).toBe(0);
  });

  it('counts a parked delivery of before, until it is sent again', () => {
    const index = createDueIndex();
    index.addParked({ key: 'delivery-s.a', channel: 'sms', revision: 3 });
    for (let revision = 0; revision < 4; revision++) apply(index, 'a', opened());
    expect([index.size, index.parked().get('sms')]).toEqual([0, 1]);
    apply(index, 'a', opened({ channel: 'sms' }));
    expect([index.size, index.parked().get('sms')]).toEqual([1, 0]);
  });

  it('takes a line of many deliveries without growing slower', () => {
    const lines = createDueLines();
    const line = Array.from({ length: 40_000 }, () => ({ ...LINE }) as DueEntry);
    const startedAt = performance.now();
    for (const entry of line) lines.join(entry);
    const wasFirst = line.map((entry) => {
      const isFirst = lines.isFirst(entry);
      lines.leave(entry);
      return isFirst;
    });
    expect(wasFirst).not.toContain(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('holds no timers of deliveries that have ended, and keeps those of the others', () => {
    const open = new Set<DueEntry>();
    const timers = createDueTimers((entry) => open.has(entry));
    const entryAt = (dueAtMs: number) =>
      ({ ...LINE, state: 'waiting', dueAtMs, expiresAtMs: 7 * DAY }) as DueEntry;
    const kept = Array.from({ length: 100 }, (_, i) => entryAt(100 - i));
    for (const entry of kept) {
      open.add(entry);
      timers.schedule(entry);
    }
    for (let i = 0; i < 20_000; i++) {
      const entry = entryAt(DAY);
      open.add(entry);
      timers.schedule(entry);
      open.delete(entry);
    }
    expect(timers.size).toBeLessThan(3_000);
    const due = kept.map(() => timers.takeDue(DAY - 1)?.dueAtMs);
    expect(due).toEqual(kept.map((_, i) => i + 1));
    expect(kept.map(() => timers.takeExpired(7 * DAY))).not.toContain(undefined);
  });
});
