import { type FulfilmentReaction, type FulfilmentState, STAGE, step } from './state.ts';
import { undo } from './undo.ts';

/** It is paid: what is reserved leaves the stock. */
export function confirmStock(state: FulfilmentState): FulfilmentReaction {
  const next = { ...state, phase: 'confirming' as const };
  if (state.needs.length === 0) return finish(next);
  return {
    state: next,
    stage: STAGE.completed,
    steps: state.needs.map((need, place) => step('confirm', place, { ...need })),
  };
}

/** What was needed of a product has left, or could not be had again: then all of it is put back. */
export function confirmed(
  state: FulfilmentState,
  place: string,
  refusal?: string,
): FulfilmentReaction {
  const next: FulfilmentState =
    refusal === undefined
      ? { ...state, confirmed: [...state.confirmed, place] }
      : { ...state, lost: [...state.lost, place], reason: refusal };
  return finish(next);
}

/** Ends it once all stock has left and the order has its payment; else says what is awaited. */
export function finish(state: FulfilmentState): FulfilmentReaction {
  if (!isDecided(state)) return { state, stage: STAGE.completed };
  if (state.lost.length > 0) return undo(state, 'CANCELLED', state.reason);
  if (!state.isApplied) {
    return { state, stage: STAGE.completed, waitsFor: 'the order to take its payment' };
  }
  return state.isCancelled ? undo(state, 'CANCELLED', state.reason) : completed(state);
}

/**
 * The time is over, and only the order has yet to take its payment, which its own history shows.
 * Undefined while stock is on its way out.
 */
export function finishLate(state: FulfilmentState): FulfilmentReaction | undefined {
  const isOver = isDecided(state) && state.lost.length === 0 && !state.isCancelled;
  return isOver ? completed(state) : undefined;
}

function isDecided({ confirmed, lost, needs }: FulfilmentState): boolean {
  return confirmed.length + lost.length === needs.length;
}

/** A reservation that is gone although it was paid for is taken again, or all is put back. */
export function reclaim(state: FulfilmentState, place: string): FulfilmentReaction {
  return {
    state: { ...state, reserved: state.reserved.filter((each) => each !== place) },
    stage: STAGE.completed,
    waitsFor: 'stock whose reservation had ended',
    steps: [step('reclaim', place, { ...state.needs[Number(place)] })],
  };
}

function completed(state: FulfilmentState): FulfilmentReaction {
  return { state: { ...state, phase: 'done' }, stage: STAGE.confirmed, ended: 'completed' };
}
