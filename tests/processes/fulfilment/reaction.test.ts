import fc from 'fast-check';

import type { PlannedStep } from '../../../src/domain/kernel/processes/events.ts';
import type { ProcessInput } from '../../../src/engine/processes/durable/durable-process.ts';
import { paymentIdOf } from '../../../src/processes/fulfilment/payment.ts';
import { reactToFulfilment } from '../../../src/processes/fulfilment/reaction.ts';
import {
  DEADLINE_MS,
  type FulfilmentState,
  kindOfStep,
  NO_FULFILMENT,
  RENEW_MS,
  RESERVED_SECONDS,
} from '../../../src/processes/fulfilment/state.ts';

/** The shop and the provider as they really are, beside what the process believes. */
interface Outside {
  readonly held: Set<string>;
  readonly left: Set<string>;
  payment: 'none' | 'open' | 'taken' | 'failed';
  /** What the order took of it; undefined before it was asked. */
  appliedMinor: number | undefined;
  isCancelled: boolean;
  /** What was asked of the provider, and has no outcome. */
  isRefunding: boolean;
  refundedMinor: number;
  closedAs: string;
}

interface Choices {
  /** A number from 0 to 99 for the next thing that can go either way. */
  next(): number;
}

const PRODUCTS = ['p1', 'p2', 'p3'];
const NEEDS = PRODUCTS.map((productId) => ({ productId, quantity: 1 }));

function requested(): ProcessInput {
  const data = {
    orderId: 'o1',
    lines: PRODUCTS.map((productId) => ({ productId, quantity: '1' })),
    amountMinor: 1_000,
    currency: 'EUR',
    method: 'credit_card',
    priority: 'medium',
  };
  return { kind: 'event', event: { type: 'FulfilmentRequested', data } as never };
}

const payment = (type: 'PaymentSucceeded' | 'PaymentFailed'): ProcessInput => ({
  kind: 'event',
  event: {
    type,
    data: { paymentId: paymentIdOf('o1'), reason: 'expired_card', chargedMinor: 1_000 },
  } as never,
});
const applied = (appliedMinor: number): ProcessInput => ({
  kind: 'event',
  event: { type: 'PaymentApplied', data: { paymentId: paymentIdOf('o1'), appliedMinor } } as never,
});
const cancelled: ProcessInput = {
  kind: 'event',
  event: { type: 'OrderCancelled', data: { orderId: 'o1' } } as never,
};
const refunded = (refundedMinor: number): ProcessInput => ({
  kind: 'event',
  event: {
    type: 'PaymentRefunded',
    data: { paymentId: paymentIdOf('o1'), refundedMinor },
  } as never,
});
const refundFailed: ProcessInput = {
  kind: 'event',
  event: {
    type: 'PaymentRefundFailed',
    data: { paymentId: paymentIdOf('o1'), reason: 'refund_refused' },
  } as never,
};
const accepted = (step: string, result: Readonly<Record<string, unknown>> = {}): ProcessInput => ({
  kind: 'accepted',
  step,
  result,
});
const refused = (step: string): ProcessInput => ({
  kind: 'refused',
  step,
  code: 'refused',
  message: 'refused',
});

/** Carries out a step on the outside, and says what came of it. */
function carryOut(outside: Outside, { step, data }: PlannedStep, choices: Choices): ProcessInput {
  const needs = (data['needs'] ?? []) as readonly { readonly productId: string }[];
  const chance = choices.next();
  switch (kindOfStep(step)) {
    case 'verify':
      return accepted(step, {
        needs: chance < 80 ? NEEDS : NEEDS.slice(1),
        missing: chance < 5 ? ['p2'] : [],
      });
    case 'reserve':
      if (chance < 10) return accepted(step, { outcome: 'refused', message: 'too little' });
      for (const { productId } of needs) outside.held.add(productId);
      return accepted(step, { outcome: 'reserved' });
    case 'renew':
      return accepted(step);
    case 'release':
      for (const { productId } of needs) outside.held.delete(productId);
      return accepted(step);
    case 'confirm': {
      outside.held.clear();
      const lost = chance < 15 ? needs.slice(chance % 3).map(({ productId }) => productId) : [];
      for (const { productId } of needs) if (!lost.includes(productId)) outside.left.add(productId);
      return accepted(step, { lost });
    }
    case 'restock':
      for (const { productId } of needs) expect(outside.left.delete(productId)).toBe(true);
      return accepted(step);
    case 'charge':
      outside.payment = 'open';
      return accepted(step);
    case 'refund':
      // The rules refuse it before the order has been given the payment.
      expect(outside.appliedMinor).toBeDefined();
      outside.isRefunding = true;
      return accepted(step);
    case 'close':
      outside.closedAs = String(chance);
      return accepted(step);
    default:
      return chance < 5 ? refused(step) : accepted(step);
  }
}

interface Run {
  readonly state: FulfilmentState;
  readonly outside: Outside;
  readonly ended: string | undefined;
  readonly planned: readonly string[];
}

/** Runs a fulfilment to its end; results arrive in any order, timers at any moment. */
function run(choices: Choices): Run {
  const outside: Outside = {
    held: new Set(),
    left: new Set(),
    payment: 'none',
    appliedMinor: undefined,
    isCancelled: false,
    isRefunding: false,
    refundedMinor: 0,
    closedAs: '',
  };
  let state = NO_FULFILMENT;
  let open: PlannedStep[] = [];
  let timers = new Map<string, number>();
  let ended: string | undefined;
  const planned: string[] = [];

  function take(input: ProcessInput): void {
    const reaction = reactToFulfilment(state, input);
    if (!reaction) return;
    state = reaction.state;
    for (const { step } of reaction.steps ?? []) expect(planned).not.toContain(step);
    planned.push(...(reaction.steps ?? []).map(({ step }) => step));
    open = [...open, ...(reaction.steps ?? [])];
    for (const name of reaction.cancelTimers ?? []) timers.delete(name);
    for (const { name, afterMs } of reaction.setTimers ?? []) timers.set(name, afterMs);
    if (reaction.ended !== undefined) {
      ended = reaction.ended;
      timers = new Map();
    }
  }

  const isAwaited = () =>
    outside.payment === 'open' ||
    outside.isRefunding ||
    (outside.payment === 'taken' && outside.appliedMinor === undefined);

  /** Gives the payment to the order, which takes it unless somebody cancelled it before. */
  function apply(): void {
    outside.appliedMinor = outside.isCancelled || outside.closedAs !== '' ? 0 : 1_000;
    take(applied(outside.appliedMinor));
  }

  /** The provider refuses a refund now and then: a person has it tried again. */
  function refund(): void {
    if (choices.next() < 30) {
      take(refundFailed);
      return;
    }
    outside.isRefunding = false;
    outside.refundedMinor += 1_000;
    take(refunded(outside.refundedMinor));
  }

  take(requested());
  for (let turn = 0; turn < 300 && (open.length > 0 || timers.size > 0 || isAwaited()); turn++) {
    const chance = choices.next();
    if (chance === 50 && outside.closedAs === '' && !outside.isCancelled && !outside.appliedMinor) {
      outside.isCancelled = true;
      take(cancelled);
      continue;
    }
    const isDeadline = timers.size > 0 && chance < 3;
    if (outside.payment === 'open' && (open.length === 0 || chance > 80) && !isDeadline) {
      outside.payment = choices.next() < 60 ? 'taken' : 'failed';
      take(payment(outside.payment === 'taken' ? 'PaymentSucceeded' : 'PaymentFailed'));
      continue;
    }
    if (timers.has('renew') && (chance < 10 || (open.length === 0 && chance < 60))) {
      timers.delete('renew');
      take({ kind: 'timer', name: 'renew' });
      continue;
    }
    if (outside.payment === 'taken' && outside.appliedMinor === undefined && chance > 70) {
      apply();
      continue;
    }
    if (outside.isRefunding && (chance > 60 || open.length === 0)) {
      refund();
      continue;
    }
    if (!isDeadline && open.length === 0 && isAwaited()) {
      apply();
      continue;
    }
    if (isDeadline || open.length === 0) {
      timers.clear();
      take({ kind: 'timer', name: 'deadline' });
      continue;
    }
    const [step] = open.splice(chance % open.length, 1);
    if (step) take(carryOut(outside, step, choices));
  }
  return { state, outside, ended, planned };
}

describe('the fulfilment of an order', () => {
  it('ends with everything done, or with everything put back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 40, maxLength: 300 }),
        (drawn) => {
          let at = 0;
          const { outside, ended, state } = run({ next: () => drawn[at++ % drawn.length] ?? 50 });
          expect(ended).toBeDefined();
          expect(outside.held.size).toBe(0);
          expect(outside.payment).not.toBe('open');
          if (ended === 'completed') {
            expect([outside.payment, outside.refundedMinor]).toEqual(['taken', 0]);
            expect(outside.isCancelled && outside.appliedMinor === 0).toBe(false);
            const needed = state.needs.map(({ productId }) => productId);
            expect([...outside.left].sort()).toEqual(needed);
          } else {
            expect(outside.left.size).toBe(0);
            expect(outside.refundedMinor).toBe(outside.payment === 'taken' ? 1_000 : 0);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('completes when all goes well, in the stages of O4', () => {
    const stages: string[] = [];
    let state = NO_FULFILMENT;
    let open: readonly PlannedStep[] = [];
    const take = (input: ProcessInput) => {
      const reaction = reactToFulfilment(state, input);
      if (!reaction) return;
      state = reaction.state;
      if (stages.at(-1) !== reaction.stage) stages.push(reaction.stage);
      open = [...open, ...(reaction.steps ?? [])];
    };
    const work = () => {
      for (let [step] = open; step; [step] = open) {
        open = open.slice(1);
        take(accepted(step.step, { needs: NEEDS, missing: [], outcome: 'reserved', lost: [] }));
      }
    };
    take(requested());
    work();
    take(payment('PaymentSucceeded'));
    work();
    take(applied(1_000));
    expect(stages).toEqual([
      'STARTED',
      'STOCK_VERIFIED',
      'STOCK_RESERVED',
      'PAYMENT_PROCESSING',
      'PAYMENT_COMPLETED',
      'CONFIRMED',
    ]);
  });

  it('refunds a payment that succeeds after the order was put back', () => {
    const state: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'done',
      failure: 'CANCELLED',
      paymentId: paymentIdOf('o1'),
    };
    const taken = reactToFulfilment(state, payment('PaymentSucceeded'));
    // The rules refuse a refund before the order was given the payment.
    expect(taken?.steps).toBeUndefined();
    const reaction = taken && reactToFulfilment(taken.state, applied(0));
    expect(reaction?.steps).toMatchObject([{ kind: 'refund' }]);
    const again = reaction && reactToFulfilment(reaction.state, payment('PaymentSucceeded'));
    expect(again).toBeUndefined();
  });

  it('puts all back when the order was cancelled before it took its payment', () => {
    const state: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'confirming',
      needs: NEEDS.slice(0, 1),
      stock: 'held',
      paymentId: paymentIdOf('o1'),
      isTaken: true,
      chargedMinor: 1_000,
    };
    const told = reactToFulfilment(state, cancelled);
    const left = told && reactToFulfilment(told.state, accepted('confirm:1', { lost: [] }));
    expect(left?.ended).toBeUndefined();
    const reaction = left && reactToFulfilment(left.state, applied(0));
    expect(reaction?.steps).toMatchObject([{ kind: 'restock' }, { kind: 'refund' }]);
  });

  it('reserves any number of products in one step', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ productId: `p${i}`, quantity: 1 }));
    const started = reactToFulfilment(NO_FULFILMENT, requested());
    const known = accepted('verify:1', { needs: many, missing: [] });
    const reaction = started && reactToFulfilment(started.state, known);
    expect(reaction?.steps?.map(({ step }) => step)).toEqual(['reserve:1']);
  });

  it('waits for a person when the provider refuses the refund, and ends when it went back', () => {
    const state: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'undoing',
      failure: 'CANCELLED',
      paymentId: paymentIdOf('o1'),
      isTaken: true,
      isApplied: true,
      chargedMinor: 1_000,
      undoing: ['refund:1'],
    };
    const asked = reactToFulfilment(state, accepted('refund:1'));
    expect(asked).toBeUndefined();
    const waiting = reactToFulfilment(state, refundFailed);
    expect([waiting?.ended, waiting?.waitsFor]).toEqual([
      undefined,
      'a person to refund the payment: refund_refused',
    ]);
    const part = waiting && reactToFulfilment(waiting.state, refunded(400));
    expect(part?.steps ?? []).toEqual([]);
    const whole = part && reactToFulfilment(part.state, refunded(1_000));
    expect(whole?.steps).toMatchObject([{ kind: 'close' }]);
    // Or an operator says that the money went back in another way.
    const otherwise = waiting && reactToFulfilment(waiting.state, { kind: 'cancel' });
    expect(otherwise?.steps).toMatchObject([{ kind: 'close' }]);
  });

  it('does not take another payment of the order for its own', () => {
    const state: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'charging',
      paymentId: paymentIdOf('o1'),
    };
    const other = { type: 'PaymentSucceeded', data: { paymentId: 'p-counter' } } as never;
    expect(reactToFulfilment(state, { kind: 'event', event: other })).toBeUndefined();
  });

  it('renews what it holds while the payment is open, and no more once it is put back', () => {
    const charging: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'charging',
      needs: NEEDS,
      stock: 'held',
    };
    const renewal = { kind: 'timer', name: 'renew' } as const;
    const first = reactToFulfilment(charging, renewal);
    expect(first?.steps?.map(({ step }) => step)).toEqual(['renew:1']);
    expect(first?.setTimers).toEqual([{ name: 'renew', afterMs: RENEW_MS }]);
    const second = first && reactToFulfilment(first.state, renewal);
    expect(second?.steps?.map(({ step }) => step)).toEqual(['renew:2']);
    expect(reactToFulfilment({ ...charging, phase: 'undoing' }, renewal)).toBeUndefined();
    // Two renewals are lost before a hold ends.
    expect(RESERVED_SECONDS * 1_000).toBeGreaterThan(2 * RENEW_MS);
  });

  it('sets a deadline of ten minutes', () => {
    expect(reactToFulfilment(NO_FULFILMENT, requested())?.setTimers).toEqual([
      { name: 'deadline', afterMs: DEADLINE_MS },
    ]);
  });
});
