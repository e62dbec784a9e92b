import { type FulfilmentReaction, type FulfilmentState, STAGE, step } from './state.ts';
import { undo } from './undo.ts';

/** It is paid: what is reserved leaves the stock. */
export function confirmStock(state: FulfilmentState): FulfilmentReaction {
  const next = { ...state, phase: 'confirming' as const };
  const { needs } = state;
  if (needs.length === 0) return finish({ ...next, stock: 'gone' });
  return { state: next, stage: STAGE.completed, steps: [step('confirm', 1, { needs })] };
}

/** The stock has left, but for what could not be had any more: then all of it is put back. */
export function confirmed(state: FulfilmentState, lost: readonly string[]): FulfilmentReaction {
  return finish({ ...state, stock: 'gone', lost });
}

/** Ends it once all stock has left and the order has its payment; else says what is awaited. */
export function finish(state: FulfilmentState): FulfilmentReaction {
  const { stock, lost, isApplied, isCancelled, reason } = state;
  if (stock !== 'gone') return { state, stage: STAGE.completed };
  if (lost.length > 0) return undo(state, 'CANCELLED', `not enough stock: ${lost.join(', ')}`);
  if (!isApplied) {
    return { state, stage: STAGE.completed, waitsFor: 'the order to take its payment' };
  }
  return isCancelled ? undo(state, 'CANCELLED', reason) : completed(state);
}

/**
 * The time is over, and only the order has yet to take its payment, which its own history shows.
 * Undefined while stock is on its way out.
 */
export function finishLate(state: FulfilmentState): FulfilmentReaction | undefined {
  const isOver = state.stock === 'gone' && state.lost.length === 0 && !state.isCancelled;
  return isOver ? completed(state) : undefined;
}

function completed(state: FulfilmentState): FulfilmentReaction {
  return { state: { ...state, phase: 'done' }, stage: STAGE.confirmed, ended: 'completed' };
}
