import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { ProcessInput, StepResult } from '../../engine/processes/durable/durable-process.ts';
import { confirmed, reclaim } from './confirming.ts';
import { charge, charged, lookUp } from './payment.ts';
import {
  DEADLINE_MS,
  type FulfilmentReaction,
  type FulfilmentState,
  type OrderedLine,
  partsOfStep,
  STAGE,
  step,
} from './state.ts';
import { reserved, verified } from './stock.ts';
import { ended, undo, undone } from './undo.ts';

/** What an order asks for, as its event says it. */
interface Requested extends Pick<
  FulfilmentState,
  'orderId' | 'amountMinor' | 'currency' | 'method' | 'priority'
> {
  readonly lines: readonly OrderedLine[];
}

/** Fulfils one order (O4): stock, payment, confirmation; or all of it is put back. Pure. */
export function reactToFulfilment(
  state: FulfilmentState,
  input: ProcessInput,
): FulfilmentReaction | undefined {
  switch (input.kind) {
    case 'event':
      return onEvent(state, input.event);
    case 'timer':
      return input.name === 'deadline' ? late(state) : again(state);
    case 'accepted':
      return accepted(state, input.step, input.result);
    case 'refused':
      return refused(state, input.step, input.message);
    case 'cancel':
      return cancelled(state);
  }
}

function onEvent(state: FulfilmentState, event: RecordedEvent): FulfilmentReaction | undefined {
  if (event.type === 'FulfilmentRequested') return start(state, event.data as Requested);
  // The provider has said more about a payment.
  if (state.orderId === '') return undefined;
  if (state.phase === 'waiting' && state.isUnknown) return lookUp(state);
  const isPaidLate = event.type === 'PaymentSucceeded' && state.phase === 'done';
  return isPaidLate && state.failure !== '' && !state.isTaken ? paidLate(state) : undefined;
}

function start(state: FulfilmentState, requested: Requested): FulfilmentReaction | undefined {
  if (state.orderId !== '') return undefined;
  const { orderId, lines, amountMinor, currency, method, priority } = requested;
  return {
    state: { ...state, orderId, amountMinor, currency, method, priority },
    stage: STAGE.started,
    steps: [
      step('status', 'PROCESSING', { status: 'PROCESSING' }),
      step('verify', 1, { lines: lines.map((line) => ({ ...line })) }),
    ],
    setTimers: [{ name: 'deadline', afterMs: DEADLINE_MS }],
  };
}

/** Money for an order that was put back: it goes back as well, never kept in silence. */
function paidLate(state: FulfilmentState): FulfilmentReaction {
  const { paymentId } = state;
  const name = 'refund:late';
  return {
    state: { ...state, isTaken: true, undoing: [name] },
    stage: STAGE.undoing,
    waitsFor: 'the refund of a late payment',
    steps: [{ step: name, kind: 'refund', data: { paymentId, reason: 'paid too late' } }],
  };
}

/** The time is over. An unknown payment is looked up before anything is put back. */
function late(state: FulfilmentState): FulfilmentReaction {
  const next = { ...state, isLate: true };
  if (state.phase === 'waiting') {
    return state.isUnknown ? lookUp(next) : undo(next, 'PAYMENT_FAILED', state.reason || 'no time');
  }
  return { state: next, stage: STAGE.processing, waitsFor: 'the step that is in progress' };
}

function again(state: FulfilmentState): FulfilmentReaction | undefined {
  if (state.phase !== 'waiting') return undefined;
  return state.isUnknown ? lookUp(state) : charge(state);
}

/** An operator ends it while nothing was taken. */
function cancelled(state: FulfilmentState): FulfilmentReaction | undefined {
  if (state.phase === 'waiting' && !state.isUnknown) {
    return undo(state, 'CANCELLED', 'an operator cancelled it');
  }
  const isEarly = state.phase === 'verifying' || state.phase === 'reserving';
  if (!isEarly && state.phase !== 'charging' && state.phase !== 'waiting') return undefined;
  return { state: { ...state, isLate: true }, stage: STAGE.undoing, waitsFor: 'the running step' };
}

function accepted(
  state: FulfilmentState,
  name: string,
  result: StepResult,
): FulfilmentReaction | undefined {
  const { kind, suffix } = partsOfStep(name);
  switch (kind) {
    case 'verify':
      return verified(state, result);
    case 'reserve':
      return reserved(state, suffix);
    case 'charge':
    case 'lookup':
      return charged(state, result);
    case 'confirm':
    case 'reclaim':
      return confirmed(state, suffix);
    case 'pay':
      return completed(state);
    case 'release':
    case 'restock':
    case 'refund':
      return undone(state, name);
    case 'close':
      return ended(state);
    default:
      return undefined;
  }
}

function completed(state: FulfilmentState): FulfilmentReaction {
  return { state: { ...state, phase: 'done' }, stage: STAGE.confirmed, ended: 'completed' };
}

/** What the rules refused finally. */
function refused(
  state: FulfilmentState,
  name: string,
  message: string,
): FulfilmentReaction | undefined {
  const { kind, suffix } = partsOfStep(name);
  switch (kind) {
    case 'verify':
      return undo(state, 'CANCELLED', message);
    case 'reserve':
      return reserved(state, suffix, message);
    case 'charge':
    case 'lookup':
      return charged(state, { status: 'failed', reason: message });
    case 'confirm':
      return reclaim(state, suffix);
    case 'reclaim':
      return confirmed(state, suffix, message);
    case 'pay':
      return undo(state, 'CANCELLED', message);
    case 'release':
    case 'restock':
      return undone(state, name);
    case 'refund':
      return {
        state: { ...state, reason: message },
        stage: STAGE.undoing,
        waitsFor: `a person: the provider refused the refund: ${message}`,
      };
    case 'close':
      return ended(state);
    default:
      return undefined;
  }
}
