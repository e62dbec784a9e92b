import type { PlannedStep } from '../../domain/kernel/processes/events.ts';
import {
  type Failure,
  type FulfilmentReaction,
  type FulfilmentState,
  REFUND,
  STAGE,
  step,
} from './state.ts';

/** Puts back what was done: holds are released, goods return, money goes back. */
export function undo(state: FulfilmentState, failure: Failure, reason: string): FulfilmentReaction {
  const { confirmed, reserved, needs, isTaken, isApplied, isRefunded } = state;
  const needAt = (place: string) => ({ ...needs[Number(place)] });
  const steps = [
    ...reserved
      .filter((place) => !confirmed.includes(place))
      .map((place) => step('release', place, needAt(place))),
    ...confirmed.map((place) => step('restock', place, needAt(place))),
    ...(isTaken && isApplied && !isRefunded ? [refundStep(state, reason)] : []),
  ];
  // A refund is refused before the order has taken the payment: it follows then.
  const awaited = isTaken && !isApplied ? [REFUND] : [];
  const undoing = [...steps.map((each) => each.step), ...awaited];
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

export function refundStep({ paymentId, currency }: FulfilmentState, reason: string): PlannedStep {
  return step('refund', 1, { paymentId, currency, reason });
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
