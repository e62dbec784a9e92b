import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import {
  type EventType,
  eventTypes,
  UnreadableEventError,
  upcast,
} from '../../../src/domain/kernel/event-types.ts';

/** Version 1 had pesos, version 2 cents, version 3 a currency. */
const PAID: EventType = {
  type: 'Paid',
  version: 3,
  schema: {},
  upcasters: {
    1: ({ pesos }: { pesos: number }) => ({ cents: pesos * 100 }),
    2: ({ cents }: { cents: number }) => ({ cents, currency: 'MXN' }),
  },
};
const NOTED: EventType = { type: 'Noted', version: 1, schema: {} };
const TYPES = eventTypes([PAID], [NOTED]);

function event(type: string, schemaVersion: number, data: unknown): RecordedEvent {
  return {
    id: 'e1',
    type,
    data,
    metadata: {
      storeId: 's1',
      commandId: 'c1',
      fields: {},
      correlationId: 'r1',
      causationId: 'r1',
      actor: { kind: 'system', id: 'test' },
      schemaVersion,
    },
    stream: 'order-s1.1',
    revision: 0,
    position: { commit: 1n, prepare: 1n },
    recordedAt: '2025-01-01T00:00:00.000Z',
  };
}

describe('an event of an older version', () => {
  it.each([
    [1, { pesos: 2 }],
    [2, { cents: 200 }],
  ])('of version %i becomes one of today, step by step', (version, data) => {
    const old = event('Paid', version, data);
    const now = upcast(TYPES, old);
    expect(now).toStrictEqual({
      ...old,
      data: { cents: 200, currency: 'MXN' },
      metadata: { ...old.metadata, schemaVersion: 3 },
    });
  });

  it('is not changed itself', () => {
    const old = event('Paid', 1, { pesos: 2 });
    const before = structuredClone(old);
    upcast(TYPES, old);
    expect(old).toStrictEqual(before);
  });

  it('is as it was when it has the version of today', () => {
    const today = event('Paid', 3, { cents: 200, currency: 'MXN' });
    expect(upcast(TYPES, today)).toBe(today);
  });
});

describe('an event that this code cannot read', () => {
  it.each([
    ['a type that nobody knows', event('Vanished', 1, {})],
    ['a version of the future', event('Paid', 4, {})],
    ['a version without an upcaster', event('Paid', 0, {})],
    ['no version', event('Paid', undefined as unknown as number, {})],
    ['half a version', event('Paid', 1.5, {})],
    ['an older version of a type that has no upcasters', event('Noted', 0, {})],
  ])('stops whoever reads it: %s', (_, unreadable) => {
    expect(() => upcast(TYPES, unreadable)).toThrow(UnreadableEventError);
  });

  it('is named in the error', () => {
    expect(() => upcast(TYPES, event('Paid', 4, {}))).toThrow(
      /expected Paid at version 3 or older \(a newer Tillstream.*\), found .*"id":"e1".*"version":4/,
    );
  });

  it('is not passed over when an upcaster in the middle is missing', () => {
    const { 1: first } = PAID.upcasters ?? {};
    const types = eventTypes([{ ...PAID, upcasters: first ? { 1: first } : {} }]);
    expect(() => upcast(types, event('Paid', 1, { pesos: 1 }))).toThrow(UnreadableEventError);
  });
});

describe('the table of event types', () => {
  it('holds every type by its name', () => {
    expect([...TYPES.keys()]).toStrictEqual(['Paid', 'Noted']);
  });

  it('takes the same declaration twice, as two features may share it', () => {
    expect(eventTypes([PAID], [PAID, NOTED]).size).toBe(2);
  });

  it('refuses two declarations of one name', () => {
    expect(() => eventTypes([PAID], [{ ...PAID }])).toThrow(InvariantError);
  });
});
