import type { PlannedStep } from '../../domain/kernel/processes/events.ts';
import {
  type Failure,
  type FulfilmentReaction,
  type FulfilmentState,
  isOnAccount,
  isRefunded,
  REFUND,
  STAGE,
  step,
} from './state.ts';

/** Puts back what was done: holds are released, goods return, money goes back. */
export function undo(state: FulfilmentState, failure: Failure, reason: string): FulfilmentReaction {
  const { isTaken, isApplied } = state;
  const owed = isTaken && !isRefunded(state);
  const stock = stockBack(state);
  // A refund is refused before the order has taken the payment: it follows then.
  const steps = [...stock, ...(owed && isApplied ? [refundStep(state, reason)] : [])];
  const undoing = [...stock.map((each) => each.step), ...(owed ? [REFUND] : [])];
  const next = { ...state, failure, reason, undoing };
  if (undoing.length === 0) return close(next);
  return {
    state: { ...next, phase: 'undoing' },
    stage: STAGE.undoing,
    waitsFor: 'everything to be put back',
    steps,
    cancelTimers: ['deadline', 'renew'],
  };
}

function stockBack({ stock, needs, lost }: FulfilmentState): readonly PlannedStep[] {
  if (stock === 'held') return [step('release', 1, { needs })];
  const left = needs.filter(({ productId }) => !lost.includes(productId));
  return stock === 'gone' && left.length > 0 ? [step('restock', 1, { needs: left })] : [];
}

export function refundStep(state: FulfilmentState, reason: string): PlannedStep {
  const { paymentId, currency } = state;
  if (isOnAccount(state)) return { step: REFUND, kind: 'uncharge', data: { currency, reason } };
  return step('refund', 1, { paymentId, currency, reason });
}

/** A step of putting back is done, or there was nothing to put back. */
export function undone(state: FulfilmentState, name: string): FulfilmentReaction {
  const undoing = state.undoing.filter((each) => each !== name);
  const next = { ...state, undoing };
  if (state.phase === 'undoing' && undoing.length === 0) return close(next);
  // A late payment was refunded beside the closing, or after it.
  if (state.phase === 'done') return ended(next);
  return { state: next, stage: STAGE.undoing, waitsFor: 'everything to be put back' };
}

/** The provider paid money back, any person or process that asked for it. */
export function refunded(
  state: FulfilmentState,
  refundedMinor: number,
): FulfilmentReaction | undefined {
  const next = { ...state, refundedMinor };
  if (!state.undoing.includes(REFUND)) {
    // Kept for an undoing that may come: what went back is not refunded again.
    return state.phase === 'confirming' ? { state: next, stage: STAGE.completed } : undefined;
  }
  if (isRefunded(next)) return undone(next, REFUND);
  return { state: next, stage: STAGE.undoing, waitsFor: 'the rest of the refund' };
}

/** Money stays that should go back: this is nothing to end with. */
export function refundRefused(
  state: FulfilmentState,
  reason: string,
): FulfilmentReaction | undefined {
  if (!state.undoing.includes(REFUND)) return undefined;
  return {
    state: { ...state, reason },
    stage: STAGE.undoing,
    waitsFor: `a person to refund the payment: ${reason}`,
  };
}

function close(state: FulfilmentState): FulfilmentReaction {
  const { failure, reason } = state;
  return {
    state: { ...state, phase: 'closing' },
    stage: STAGE.undoing,
    steps: [step('close', 1, { failure, reason })],
    cancelTimers: ['deadline', 'renew'],
  };
}

export function ended(state: FulfilmentState): FulfilmentReaction {
  const done = { ...state, phase: 'done' as const };
  // A late payment has yet to go back.
  if (state.undoing.length > 0)
    return { state: done, stage: STAGE.undoing, waitsFor: 'the refund' };
  return { state: done, stage: STAGE.undone, ended: 'compensated' };
}
