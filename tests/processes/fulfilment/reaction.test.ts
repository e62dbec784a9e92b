import fc from 'fast-check';

import type { PlannedStep } from '../../../src/domain/kernel/processes/events.ts';
import type { ProcessInput } from '../../../src/engine/processes/durable/durable-process.ts';
import { reactToFulfilment } from '../../../src/processes/fulfilment/reaction.ts';
import {
  DEADLINE_MS,
  type FulfilmentState,
  NO_FULFILMENT,
  partsOfStep,
} from '../../../src/processes/fulfilment/state.ts';

/** The shop and the provider as they really are, beside what the process believes. */
interface Outside {
  readonly held: Set<string>;
  readonly left: Set<string>;
  charged: number;
  refunded: number;
  paid: boolean;
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
function carryOut(outside: Outside, { step }: PlannedStep, choices: Choices): ProcessInput {
  const { kind, suffix } = partsOfStep(step);
  const chance = choices.next();
  switch (kind) {
    case 'verify':
      return accepted(step, {
        needs: chance < 80 ? NEEDS : NEEDS.slice(1),
        missing: chance < 5 ? ['p2'] : [],
      });
    case 'reserve':
      if (chance < 10) return refused(step);
      outside.held.add(suffix);
      return accepted(step);
    case 'release':
      outside.held.delete(suffix);
      return accepted(step);
    case 'confirm':
      if (chance < 10) {
        outside.held.delete(suffix);
        return refused(step);
      }
      outside.held.delete(suffix);
      outside.left.add(suffix);
      return accepted(step);
    case 'reclaim':
      if (chance < 50) return refused(step);
      outside.left.add(suffix);
      return accepted(step);
    case 'restock':
      outside.left.delete(suffix);
      return accepted(step);
    case 'charge':
      if (chance < 20) return accepted(step, { status: 'failed', isTemporary: true });
      if (chance < 30) return accepted(step, { status: 'failed', reason: 'expired_card' });
      if (chance < 45) return accepted(step, { status: 'unknown', paymentId: 'p1' });
      outside.charged += 1;
      // Taken, and the answer is lost.
      if (chance < 60) return accepted(step, { status: 'unknown', paymentId: 'p1' });
      return accepted(step, { status: 'succeeded', paymentId: 'p1' });
    case 'lookup':
      if (chance < 30) return accepted(step, { status: 'unknown', paymentId: 'p1' });
      return accepted(step, {
        status: outside.charged > 0 ? 'succeeded' : 'failed',
        paymentId: 'p1',
        isTemporary: true,
      });
    case 'refund':
      outside.refunded += 1;
      return accepted(step);
    case 'pay':
      if (chance < 10) return refused(step);
      outside.paid = true;
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
    charged: 0,
    refunded: 0,
    paid: false,
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

  take(requested());
  for (let turn = 0; turn < 300 && (open.length > 0 || timers.size > 0); turn++) {
    const chance = choices.next();
    const names = [...timers.keys()];
    if (open.length === 0 || (chance < 8 && names.length > 0)) {
      // The deadline comes last unless chance has it now.
      const name = names.find((each) => each !== 'deadline' && chance >= 3) ?? names[0] ?? '';
      timers.delete(name);
      take({ kind: 'timer', name });
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
          // A provider that never says what became of a charge is asked for ever.
          if (state.isUnknown && ended === undefined) return;
          expect(ended).toBeDefined();
          expect(outside.held.size).toBe(0);
          expect(outside.charged).toBeLessThanOrEqual(1);
          if (ended === 'completed') {
            expect([outside.paid, outside.charged, outside.refunded]).toEqual([true, 1, 0]);
            expect([...outside.left].sort()).toEqual(
              state.needs.map((_need, place) => String(place)),
            );
          } else {
            expect(outside.left.size).toBe(0);
            expect(outside.refunded).toBe(outside.charged);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('completes when all goes well, in the stages of O4', () => {
    const stages: string[] = [];
    let state = NO_FULFILMENT;
    let open: readonly PlannedStep[] = [];
    const results: Readonly<Record<string, object>> = {
      verify: { needs: NEEDS, missing: [] },
      charge: { status: 'succeeded', paymentId: 'p1' },
    };
    for (let input: ProcessInput | undefined = requested(); input;) {
      const reaction = reactToFulfilment(state, input);
      if (reaction) {
        state = reaction.state;
        if (stages.at(-1) !== reaction.stage) stages.push(reaction.stage);
        open = [...open, ...(reaction.steps ?? [])];
      }
      const [step, ...rest] = open;
      open = rest;
      const result = results[partsOfStep(step?.step ?? '').kind] ?? {};
      input = step && accepted(step.step, result as Readonly<Record<string, unknown>>);
    }
    expect(stages).toEqual([
      'STARTED',
      'STOCK_VERIFIED',
      'STOCK_RESERVED',
      'PAYMENT_COMPLETED',
      'CONFIRMED',
    ]);
  });

  it('refunds a payment that succeeds after the order was given up', () => {
    const state: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'done',
      failure: 'PAYMENT_FAILED',
      paymentId: 'p1',
    };
    const event = { type: 'PaymentSucceeded', data: {} } as never;
    const reaction = reactToFulfilment(state, { kind: 'event', event });
    expect(reaction?.steps).toMatchObject([{ kind: 'refund', data: { paymentId: 'p1' } }]);
  });

  it('looks up an unknown charge at the deadline before it puts anything back', () => {
    const waiting: FulfilmentState = {
      ...NO_FULFILMENT,
      orderId: 'o1',
      phase: 'waiting',
      isUnknown: true,
      paymentId: 'p1',
      needs: NEEDS.slice(0, 1),
      reserved: ['0'],
    };
    const late = reactToFulfilment(waiting, { kind: 'timer', name: 'deadline' });
    expect(late?.steps?.map(({ kind }) => kind)).toEqual(['lookup']);
    const found = reactToFulfilment(
      late?.state ?? waiting,
      accepted('lookup:1', { status: 'succeeded', paymentId: 'p1' }),
    );
    expect(found?.steps?.map(({ kind }) => kind).sort()).toEqual(['refund', 'release']);
  });

  it('sets a deadline of ten minutes', () => {
    expect(reactToFulfilment(NO_FULFILMENT, requested())?.setTimers).toEqual([
      { name: 'deadline', afterMs: DEADLINE_MS },
    ]);
  });
});
