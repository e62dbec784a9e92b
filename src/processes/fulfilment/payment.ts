import { confirmStock } from './confirming.ts';
import {
  type FulfilmentReaction,
  type FulfilmentState,
  MAX_CHARGES,
  STAGE,
  step,
} from './state.ts';
import { undo } from './undo.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/** What came of asking the provider. `unknown`: it may have been taken. */
interface ChargeResult {
  readonly status?: unknown;
  readonly paymentId?: unknown;
  readonly reason?: unknown;
  /** The same charge may succeed later. */
  readonly isTemporary?: unknown;
}

/** The pause before try number `count`: doubles, and differs between orders. */
export function pauseMs(orderId: string, count: number): number {
  const doubled = Math.min(FIRST_PAUSE_MS * 2 ** (count - 1), MAX_PAUSE_MS);
  let mixed = count;
  for (const character of orderId) mixed = (mixed * 31 + character.charCodeAt(0)) % 1_000;
  return Math.round(doubled * (0.5 + mixed / 1_000));
}

export function charge(state: FulfilmentState): FulfilmentReaction {
  const { amountMinor, currency, method, orderId } = state;
  const charges = state.charges + 1;
  const isFirst = charges === 1;
  return {
    state: { ...state, phase: 'charging', charges },
    stage: isFirst ? STAGE.reserved : STAGE.processing,
    waitsFor: 'the payment provider',
    steps: [
      ...(isFirst ? [step('status', 'PAYMENT_PENDING', { status: 'PAYMENT_PENDING' })] : []),
      step('charge', charges, { orderId, amountMinor, currency, method }),
    ],
  };
}

export function lookUp(state: FulfilmentState): FulfilmentReaction {
  const lookUps = state.lookUps + 1;
  return {
    state: { ...state, phase: 'charging', lookUps },
    stage: STAGE.processing,
    waitsFor: 'what became of the charge',
    steps: [step('lookup', lookUps, { paymentId: state.paymentId })],
    cancelTimers: ['again'],
  };
}

/** What the provider said of a charge. An unknown one is looked up, never charged again. */
export function charged(state: FulfilmentState, result: ChargeResult): FulfilmentReaction {
  const paymentId = typeof result.paymentId === 'string' ? result.paymentId : state.paymentId;
  const reason = typeof result.reason === 'string' ? result.reason : 'the payment failed';
  const next = { ...state, paymentId, isUnknown: false };
  switch (result.status) {
    case 'succeeded': {
      const taken = { ...next, isTaken: true };
      if (state.isLate) return undo(taken, 'CANCELLED', 'it was paid after the time was over');
      return confirmStock(taken);
    }
    case 'failed': {
      const mayRetry = result.isTemporary === true && state.charges < MAX_CHARGES;
      if (!mayRetry || state.isLate) return undo(next, 'PAYMENT_FAILED', reason);
      return waitAgain(next, state.charges, 'the next attempt of the payment');
    }
    default: {
      const unknown = { ...next, isUnknown: true };
      return waitAgain(unknown, state.lookUps + 1, 'the provider to say what became of the charge');
    }
  }
}

function waitAgain(state: FulfilmentState, count: number, waitsFor: string): FulfilmentReaction {
  return {
    state: { ...state, phase: 'waiting' },
    stage: STAGE.processing,
    waitsFor,
    setTimers: [{ name: 'again', afterMs: pauseMs(state.orderId, count) }],
  };
}
