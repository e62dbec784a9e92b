import fc from 'fast-check';

import {
  type DeliveryCommand,
  deliveryDecider,
  type DeliveryEvent,
  isEmailAddress,
  isPhoneNumber,
} from '../../../src/domain/deliveries/index.ts';
import { DELIVERY_POLICIES, retryDelayMs } from '../../../src/domain/deliveries/policy.ts';
import { instantMs } from '../../../src/domain/kernel/instant.ts';
import { CONTEXT, fold, given } from '../../support/decider.ts';
import {
  attempted,
  failed,
  later,
  parked,
  requested,
  requestOf,
} from '../../support/delivery-builders.ts';

const begin: DeliveryCommand = { type: 'BeginAttempt', data: { worker: 'w' } };
const confirm = (attempt: number): DeliveryCommand => ({
  type: 'ConfirmAttempt',
  data: { attempt },
});
const fail = (
  attempt: number,
  failureClass: 'retry' | 'auth' | 'permanent' | 'interrupted',
  retryAfterMs?: number,
): DeliveryCommand => ({
  type: 'FailAttempt',
  data: {
    attempt,
    failureClass,
    code: 'smtp_451',
    reason: 'Later.',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  },
});
const decided = (events: readonly DeliveryEvent[], command: DeliveryCommand, now = CONTEXT.now) =>
  deliveryDecider.decide(command, fold(deliveryDecider, events), { ...CONTEXT, now });
const typesOf = (events: readonly DeliveryEvent[]) => events.map(({ type }) => type);

describe('A delivery', () => {
  it('is requested with its message, and expires after seven days', () => {
    const [event] = decided([], requestOf());
    expect(event).toMatchObject({
      type: 'DeliveryRequested',
      data: { deliveryId: 'entity-1', expiresAt: later(7 * 86_400_000) },
    });
    given(deliveryDecider, [requested]).when(requestOf()).thenRefused('delivery_exists');
    given(deliveryDecider, []).when(begin).thenRefused('delivery_not_found');
  });

  it('has one key for all attempts of the same content, and another one for another content', () => {
    const keyOf = (events: readonly DeliveryEvent[], now?: string) => {
      const [event] = decided(events, begin, now);
      return event?.type === 'DeliveryAttempted' ? event.data.key : undefined;
    };
    const first = keyOf([requested]);
    expect(first).toMatch(/^[a-z0-9]{33}$/);
    expect(keyOf([requested, attempted(), failed()], later(10_000))).toBe(first);
    const [resent] = decided([requested, attempted(), parked()], {
      type: 'EditDelivery',
      data: { recipient: 'ana@example.org' },
    });
    expect(keyOf([requested, attempted(), parked(), resent as DeliveryEvent])).not.toBe(first);
    const [again] = decided([requested, attempted(), parked()], {
      type: 'RetryDelivery',
      data: {},
    });
    expect(again).toMatchObject({ data: { bodyHash: expect.any(String) as string } });
  });

  it('grants one attempt at a time', () => {
    given(deliveryDecider, [requested, attempted()]).when(begin).then([]);
    const [taken] = decided([requested, attempted()], begin, later(1_800_000));
    expect(taken).toMatchObject({ type: 'DeliveryAttempted', data: { attempt: 2 } });
  });

  it('makes no attempt before its time', () => {
    const events = [requested, attempted(), failed()];
    expect(decided(events, begin, later(9_999))).toEqual([]);
    expect(typesOf(decided(events, begin, later(10_000)))).toEqual(['DeliveryAttempted']);
  });

  it('is acknowledged once, also when the answer comes late', () => {
    expect(typesOf(decided([requested, attempted()], confirm(1)))).toEqual(['DeliverySucceeded']);
    const succeeded: DeliveryEvent = {
      type: 'DeliverySucceeded',
      data: { deliveryId: 'entity-1', attempt: 1 },
    };
    given(deliveryDecider, [requested, attempted(), succeeded]).when(confirm(1)).then([]);
    given(deliveryDecider, [requested, attempted(), attempted(2), succeeded])
      .when(fail(2, 'permanent'))
      .then([]);
    // The first attempt counted as lost; its answer arrives while the second one runs.
    expect(typesOf(decided([requested, attempted(), attempted(2)], confirm(1)))).toEqual([
      'DeliverySucceeded',
    ]);
    expect(typesOf(decided([requested, attempted(), parked()], confirm(1)))).toEqual([
      'DeliverySucceeded',
    ]);
  });

  it('takes no answer of an attempt from before it was edited', () => {
    const [resent] = decided([requested, attempted(), parked()], {
      type: 'EditDelivery',
      data: { recipient: 'ana@example.org' },
    });
    const events = [requested, attempted(), parked(), resent as DeliveryEvent];
    given(deliveryDecider, events).when(confirm(1)).then([]);
    given(deliveryDecider, [...events, attempted(2)])
      .when(confirm(1))
      .then([]);
  });

  it('is retried, parked for good, parked after two refused credentials, or at once again', () => {
    const running = [requested, attempted()];
    expect(typesOf(decided(running, fail(1, 'retry')))).toEqual(['DeliveryFailed']);
    expect(typesOf(decided(running, fail(1, 'permanent')))).toEqual(['DeliveryParked']);
    expect(typesOf(decided(running, fail(1, 'auth')))).toEqual(['DeliveryFailed']);
    const second = [...running, failed(1, 'auth'), attempted(2)];
    expect(decided(second, fail(2, 'auth'))).toMatchObject([
      { type: 'DeliveryParked', data: { cause: 'auth' } },
    ]);
    expect(decided(running, fail(1, 'interrupted'))).toMatchObject([
      { data: { nextAttemptAt: CONTEXT.now } },
    ]);
    given(deliveryDecider, [...running, attempted(2)])
      .when(fail(1, 'retry'))
      .then([]);
  });

  it('is parked after ten attempts, also when the last one ended without a result', () => {
    const nine = Array.from({ length: 9 }, (_, i) => [attempted(i + 1), failed(i + 1)]).flat();
    const ten = [requested, ...nine, attempted(10)];
    expect(decided(ten, fail(10, 'retry'))).toMatchObject([
      { type: 'DeliveryParked', data: { cause: 'attempts', attempt: 10 } },
    ]);
    expect(decided(ten, begin, later(1_800_000))).toMatchObject([
      { type: 'DeliveryParked', data: { cause: 'attempts' } },
    ]);
  });

  it('honours the time for which the other side asks', () => {
    const [event] = decided([requested, attempted()], fail(1, 'retry', 600_000));
    expect(event).toMatchObject({ data: { nextAttemptAt: later(600_000) } });
  });

  it('expires into parked, also between two attempts', () => {
    const week = later(7 * 86_400_000);
    expect(typesOf(decided([requested], begin, week))).toEqual(['DeliveryExpired']);
    const [expired] = decided([requested, attempted(), failed()], begin, week);
    expect(fold(deliveryDecider, [requested, expired as DeliveryEvent]).status).toBe('parked');
  });

  it('is sent again by a person with all its attempts, unless it was sent or is being sent', () => {
    const retry: DeliveryCommand = { type: 'RetryDelivery', data: {} };
    const [again] = decided([requested, attempted(), parked()], retry, later(60_000));
    expect(again).toMatchObject({
      type: 'DeliveryResent',
      data: {
        ...{ edited: false, bodyHash: 'hash-of-the-first-body' },
        expiresAt: later(7 * 86_400_000 + 60_000),
      },
    });
    given(deliveryDecider, [requested, attempted()])
      .when(retry)
      .thenRefused('delivery_in_progress');
    const sent: DeliveryEvent = {
      type: 'DeliverySucceeded',
      data: { deliveryId: 'entity-1', attempt: 1 },
    };
    given(deliveryDecider, [requested, attempted(), sent])
      .when(retry)
      .thenRefused('delivery_succeeded');
    given(deliveryDecider, [requested])
      .when({ type: 'EditDelivery', data: { recipient: 'a@example.org' } })
      .thenRefused('delivery_not_parked');
  });

  it('of audit records is not cancelled or edited: the trail would have a gap', () => {
    const records: DeliveryEvent = {
      type: 'DeliveryRequested',
      data: {
        ...(requested as Extract<DeliveryEvent, { type: 'DeliveryRequested' }>).data,
        channel: 'audit',
        queue: 'audit-export',
        personal: { recipient: '(audit)', content: { after: '1.1', upTo: '2.2' } },
      },
    };
    given(deliveryDecider, [records])
      .when({ type: 'CancelDelivery', data: { reason: 'not wanted' } })
      .thenRefused('invalid_request');
    given(deliveryDecider, [records, attempted(), parked()])
      .when({ type: 'EditDelivery', data: { recipient: '(other)' } })
      .thenRefused('invalid_request');
  });

  it('goes to one address of its channel', () => {
    for (const bad of [
      'a@b',
      'a b@example.org',
      'a@example.org,b@example.org',
      '<a@example.org>',
    ]) {
      given(deliveryDecider, [])
        .when(requestOf({ recipient: bad }))
        .thenRefused('invalid_request');
      expect(isEmailAddress(bad)).toBe(false);
    }
    expect(isEmailAddress('maría@example.org')).toBe(false);
    expect(isEmailAddress('o.hara+shop@mail.example.co')).toBe(true);
    expect(isPhoneNumber('+34600000000')).toBe(true);
    expect(isPhoneNumber('600000000')).toBe(false);
    given(deliveryDecider, [])
      .when(requestOf({ channel: 'sms', recipient: '+34600000000' }))
      .thenRefused('invalid_request');
  });
});

describe('The pauses between attempts', () => {
  const policy = DELIVERY_POLICIES['notification-sending'];

  it('double, are shortened by at most half, and have an upper bound', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (id, tries) => {
        const full = Math.min(10_000 * 2 ** (tries - 1), 3_600_000);
        const pause = retryDelayMs(policy, id, tries);
        expect(pause).toBeGreaterThanOrEqual(full / 2 - 1);
        expect(pause).toBeLessThanOrEqual(full);
        expect(retryDelayMs(policy, id, tries)).toBe(pause);
      }),
    );
  });

  it('differ between deliveries', () => {
    const pauses = Array.from({ length: 50 }, (_, i) => retryDelayMs(policy, `delivery-${i}`, 1));
    expect(new Set(pauses).size).toBeGreaterThan(40);
  });

  it('are not longer than a day, whatever the other side asks', () => {
    expect(retryDelayMs(policy, 'd', 1, 10 * 86_400_000)).toBe(86_400_000);
  });
});

describe('Times in rules', () => {
  it('are those of the engine', () => {
    expect(() => instantMs('2025-03-10 12:00')).toThrow('expected a time in UTC');
  });
});
