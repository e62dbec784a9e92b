import {
  type Failure,
  type FulfilmentReaction,
  type FulfilmentState,
  STAGE,
  step,
} from './state.ts';

/** Puts back what was done: holds are released, goods return, money goes back. */
export function undo(state: FulfilmentState, failure: Failure, reason: string): FulfilmentReaction {
  const { confirmed, reserved, needs, isTaken, isRefunded, paymentId, currency } = state;
  const needAt = (place: string) => ({ ...needs[Number(place)] });
  const steps = [
    ...reserved
      .filter((place) => !confirmed.includes(place))
      .map((place) => step('release', place, needAt(place))),
    ...confirmed.map((place) => step('restock', place, needAt(place))),
    ...(isTaken && !isRefunded ? [step('refund', 1, { paymentId, currency, reason })] : []),
  ];
  const next = { ...state, failure, reason, undoing: steps.map((each) => each.step) };
  if (steps.length === 0) return close(next);
  return {
    state: { ...next, phase: 'undoing' },
    stage: STAGE.undoing,
    waitsFor: 'everything to be put back',
    steps,
    cancelTimers: ['deadline', 'renew'],
  };
}

/** A step of putting back is done, or there was nothing to put back. */
export function undone(state: FulfilmentState, name: string): FulfilmentReaction {
  const undoing = state.undoing.filter((each) => each !== name);
  const isRefunded = state.isRefunded || name.startsWith('refund:');
  const next = { ...state, undoing, isRefunded };
  if (state.phase === 'undoing' && undoing.length === 0) return close(next);
  // A late payment was refunded beside the closing, or after it.
  return state.phase === 'done' ? ended(next) : { state: next, stage: STAGE.undoing };
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
  return { state: { ...state, phase: 'done' }, stage: STAGE.undone, ended: 'compensated' };
}
