import { chargeAccount } from './account.ts';
import { confirmStock, finish, finishLate } from './confirming.ts';
import {
  type FulfilmentReaction,
  type FulfilmentState,
  isOnAccount,
  REFUND,
  STAGE,
  step,
} from './state.ts';
import { refundStep, undo, undone } from './undo.ts';

/** The payment of a fulfilment: one for an order, however often its request is repeated. */
export function paymentIdOf(orderId: string): string {
  return `${orderId}:fulfilment`;
}

/** Asks for the payment. What becomes of it, the events of the payment say. */
export function charge(state: FulfilmentState): FulfilmentReaction {
  if (isOnAccount(state)) return chargeAccount(state);
  const { amountMinor, currency, method, orderId } = state;
  const paymentId = paymentIdOf(orderId);
  return {
    state: { ...state, phase: 'charging', paymentId },
    stage: STAGE.reserved,
    waitsFor: 'the payment',
    steps: [step('charge', 1, { paymentId, orderId, amountMinor, currency, method })],
  };
}

export function chargeRequested(state: FulfilmentState): FulfilmentReaction | undefined {
  if (state.phase !== 'charging') return undefined;
  return { state, stage: STAGE.processing, waitsFor: 'the payment' };
}

export function paymentSucceeded(
  state: FulfilmentState,
  chargedMinor: number,
): FulfilmentReaction | undefined {
  if (state.isTaken) return undefined;
  const taken = { ...state, isTaken: true, chargedMinor };
  if (state.phase === 'charging') return confirmStock(taken);
  // The order was put back before: so is the money, never kept in silence.
  return {
    state: { ...taken, undoing: [...state.undoing, REFUND] },
    stage: STAGE.undoing,
    waitsFor: 'the refund of a late payment',
  };
}

/** The order took what was due of the payment. From here on it can be refunded. */
export function paymentApplied(
  state: FulfilmentState,
  appliedMinor: number,
): FulfilmentReaction | undefined {
  if (!state.isTaken || state.isApplied) return undefined;
  const applied = { ...state, isApplied: true };
  // Cancelled before the payment came: the order took nothing of it.
  const isCancelled = state.isCancelled && appliedMinor === 0;
  if (state.phase === 'confirming') return finish({ ...applied, isCancelled });
  if (isCompleted(state)) {
    return isCancelled ? undo(applied, 'CANCELLED', state.reason) : undefined;
  }
  if (!state.undoing.includes(REFUND)) return undefined;
  return {
    state: applied,
    stage: STAGE.undoing,
    waitsFor: 'the refund',
    steps: [refundStep(applied, state.reason || 'the order was cancelled before')],
  };
}

/** The order was cancelled by a person: what was begun for it is put back. */
export function orderCancelled(state: FulfilmentState): FulfilmentReaction | undefined {
  const reason = 'the order was cancelled';
  if (state.phase !== 'confirming' && !isCompleted(state)) return giveUp(state, reason);
  // The order had its payment, and a person gave it back: that is no matter of the fulfilment.
  if (state.isApplied) return undefined;
  // Its payment is taken. All of it comes back once the order has refused the payment.
  return {
    state: { ...state, isCancelled: true, reason },
    stage: STAGE.completed,
    waitsFor: 'the order to refuse its payment',
  };
}

/** It ended well. */
function isCompleted({ phase, failure }: FulfilmentState): boolean {
  return phase === 'done' && failure === '';
}

export function paymentFailed(
  state: FulfilmentState,
  reason: string,
): FulfilmentReaction | undefined {
  if (state.phase !== 'charging') return undefined;
  return undo(state, 'PAYMENT_FAILED', reason);
}

/** The time is over, or an operator ends it: a payment that succeeds from here on is refunded. */
export function giveUp(state: FulfilmentState, reason: string): FulfilmentReaction | undefined {
  switch (state.phase) {
    case 'charging':
      if (!isOnAccount(state)) return undo(state, 'CANCELLED', reason);
      return afterStep(state, reason);
    case 'verifying':
    case 'reserving':
      return afterStep(state, reason);
    case 'confirming':
      return finishLate(state);
    default:
      return undefined;
  }
}

/** A step is in progress, which always ends: what it did is put back then. */
function afterStep(state: FulfilmentState, reason: string): FulfilmentReaction {
  return {
    state: { ...state, isLate: true, reason },
    stage: STAGE.undoing,
    waitsFor: 'the step that is in progress',
  };
}

/** An operator ends it. Money that a person gave back in another way is awaited no more. */
export function cancelled(state: FulfilmentState): FulfilmentReaction | undefined {
  const isLeft = state.isApplied && state.undoing.length === 1 && state.undoing[0] === REFUND;
  return isLeft ? undone(state, REFUND) : giveUp(state, 'an operator cancelled it');
}
