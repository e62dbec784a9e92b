import { type FulfilmentReaction, type FulfilmentState, STAGE, step } from './state.ts';
import { undo } from './undo.ts';

/** It is paid: what is reserved leaves the stock. */
export function confirmStock(state: FulfilmentState): FulfilmentReaction {
  const next = { ...state, phase: 'confirming' as const };
  if (state.needs.length === 0) return completed(next);
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
  const decided = next.confirmed.length + next.lost.length;
  if (decided < next.needs.length) return { state: next, stage: STAGE.completed };
  return next.lost.length > 0 ? undo(next, 'CANCELLED', next.reason) : completed(next);
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
