import { charge } from './payment.ts';
import {
  type FulfilmentReaction,
  type FulfilmentState,
  type Need,
  RENEW_MS,
  STAGE,
  step,
} from './state.ts';
import { undo } from './undo.ts';

/** What the order needs is known: `missing` names the products of which there is too little. */
export function verified(
  state: FulfilmentState,
  { needs, missing }: { readonly needs?: unknown; readonly missing?: unknown },
): FulfilmentReaction {
  const short = listOf<string>(missing);
  if (short.length > 0) return undo(state, 'CANCELLED', `not enough stock: ${short.join(', ')}`);
  if (state.isLate) return undo(state, 'CANCELLED', state.reason);
  const next = { ...state, needs: listOf<Need>(needs), phase: 'reserving' as const };
  if (next.needs.length === 0) return charge(next);
  return {
    state: next,
    stage: STAGE.verified,
    steps: next.needs.map((need, place) => step('reserve', place, { ...need })),
    setTimers: [RENEW_AGAIN],
  };
}

const RENEW_AGAIN = { name: 'renew', afterMs: RENEW_MS };

/** Has the stock that is held hold longer, while it is still needed. */
export function renew(state: FulfilmentState): FulfilmentReaction | undefined {
  const { phase, reserved: held, confirmed, needs, renewals = 0 } = state;
  const stage = STAGES[phase];
  if (stage === undefined) return undefined;
  const places = held.filter((place) => !confirmed.includes(place));
  return {
    state: { ...state, renewals: renewals + 1 },
    stage,
    waitsFor: 'the payment or the stock',
    steps: places.map((place) =>
      step('renew', `${place}/${renewals + 1}`, { ...needs[Number(place)] }),
    ),
    setTimers: [RENEW_AGAIN],
  };
}

/** The phases in which stock is held. */
const STAGES: Partial<Record<FulfilmentState['phase'], string>> = {
  reserving: STAGE.verified,
  charging: STAGE.processing,
  confirming: STAGE.completed,
};

/** A need was reserved or refused. All of them are, or none stays so. */
export function reserved(
  state: FulfilmentState,
  place: string,
  refusal?: string,
): FulfilmentReaction {
  const next: FulfilmentState =
    refusal === undefined
      ? { ...state, reserved: [...state.reserved, place] }
      : { ...state, refused: [...state.refused, place], reason: refusal };
  const decided = next.reserved.length + next.refused.length;
  if (decided < next.needs.length) return { state: next, stage: STAGE.verified };
  if (next.refused.length > 0) return undo(next, 'CANCELLED', next.reason);
  if (next.isLate) return undo(next, 'CANCELLED', next.reason);
  return charge(next);
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
