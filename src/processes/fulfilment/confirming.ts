import { type FulfilmentReaction, type FulfilmentState, STAGE, step } from './state.ts';
import { undo } from './undo.ts';

/** The charge is done: what is reserved leaves the stock. */
export function confirmStock(state: FulfilmentState): FulfilmentReaction {
  const next = { ...state, phase: 'confirming' as const };
  if (state.lines.length === 0) return pay(next);
  return {
    state: next,
    stage: STAGE.completed,
    steps: state.lines.map((line) => step('confirm', line.lineId, { ...line })),
  };
}

/** The stock of a line has left, or could not be had again: then all of it is put back. */
export function confirmed(
  state: FulfilmentState,
  lineId: string,
  refusal?: string,
): FulfilmentReaction {
  const next: FulfilmentState =
    refusal === undefined
      ? { ...state, confirmed: [...state.confirmed, lineId] }
      : { ...state, lost: [...state.lost, lineId], reason: refusal };
  const decided = next.confirmed.length + next.lost.length;
  if (decided < next.lines.length) return { state: next, stage: STAGE.completed };
  return next.lost.length > 0 ? undo(next, 'CANCELLED', next.reason) : pay(next);
}

/** A reservation that is gone although it was paid for is taken again, or all is put back. */
export function reclaim(state: FulfilmentState, lineId: string): FulfilmentReaction {
  const line = state.lines.find((each) => each.lineId === lineId);
  return {
    state: { ...state, reserved: state.reserved.filter((each) => each !== lineId) },
    stage: STAGE.completed,
    waitsFor: 'stock whose reservation had ended',
    steps: [step('reclaim', lineId, { ...line })],
  };
}

function pay(state: FulfilmentState): FulfilmentReaction {
  const { paymentId, amountMinor, method } = state;
  return {
    state: { ...state, phase: 'paying' },
    stage: STAGE.completed,
    steps: [step('pay', 1, { paymentId, amountMinor, method })],
  };
}
