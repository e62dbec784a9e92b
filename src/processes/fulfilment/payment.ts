import { confirmStock } from './confirming.ts';
import { type FulfilmentReaction, type FulfilmentState, STAGE, step } from './state.ts';
import { undo } from './undo.ts';

/** The payment of a fulfilment: one for an order, however often its request is repeated. */
export function paymentIdOf(orderId: string): string {
  return `${orderId}:fulfilment`;
}

/** Asks for the payment. What becomes of it, the events of the payment say. */
export function charge(state: FulfilmentState): FulfilmentReaction {
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

export function paymentSucceeded(state: FulfilmentState): FulfilmentReaction | undefined {
  if (state.isTaken) return undefined;
  const taken = { ...state, isTaken: true };
  if (state.phase === 'charging') return confirmStock(taken);
  // The order was put back before: so is the money, never kept in silence.
  const { paymentId, currency } = state;
  const refund = step('refund', 1, {
    paymentId,
    currency,
    reason: 'the order was cancelled before',
  });
  return {
    state: { ...taken, undoing: [...state.undoing, refund.step] },
    stage: STAGE.undoing,
    waitsFor: 'the refund of a late payment',
    steps: [refund],
  };
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
      return undo(state, 'CANCELLED', reason);
    case 'verifying':
    case 'reserving':
      return {
        state: { ...state, isLate: true, reason },
        stage: STAGE.undoing,
        waitsFor: 'the step that is in progress',
      };
    default:
      return undefined;
  }
}
