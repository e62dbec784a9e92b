import { confirmStock } from './confirming.ts';
import { type FulfilmentReaction, type FulfilmentState, STAGE, step } from './state.ts';
import { undo } from './undo.ts';

/** Asks the customer's account for the whole amount: its limit decides at this moment (D3). */
export function chargeAccount(state: FulfilmentState): FulfilmentReaction {
  const { amountMinor, currency, customerId } = state;
  return {
    state: { ...state, phase: 'charging' },
    stage: STAGE.processing,
    waitsFor: "the customer's account",
    steps: [step('account', 1, { customerId, amountMinor, currency })],
  };
}

/** The account has the debt, and the order counts it as paid. */
export function accountCharged(state: FulfilmentState): FulfilmentReaction | undefined {
  if (state.isTaken) return undefined;
  const taken = { ...state, isTaken: true, isApplied: true, chargedMinor: state.amountMinor };
  return state.isLate ? undo(taken, 'CANCELLED', state.reason) : confirmStock(taken);
}

/** The account refused it, or the order took no charge any more. */
export function accountRefused(
  state: FulfilmentState,
  message: string,
): FulfilmentReaction | undefined {
  if (state.phase !== 'charging') return undefined;
  if (state.isLate) return undo(state, 'CANCELLED', state.reason);
  return undo(state, 'PAYMENT_FAILED', message);
}
