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
  // All needs are one step: an order may have more lines than a process may have open steps.
  return {
    state: next,
    stage: STAGE.verified,
    steps: [step('reserve', 1, { needs: next.needs })],
    setTimers: [RENEW_AGAIN],
  };
}

const RENEW_AGAIN = { name: 'renew', afterMs: RENEW_MS };

/** The phases in which stock is held. */
const STAGES: Partial<Record<FulfilmentState['phase'], string>> = {
  reserving: STAGE.verified,
  charging: STAGE.processing,
  confirming: STAGE.completed,
};

/** Has the stock that is held hold longer, while it is still needed. */
export function renew(state: FulfilmentState): FulfilmentReaction | undefined {
  const { phase, stock, needs } = state;
  const stage = STAGES[phase];
  if (stage === undefined) return undefined;
  const renewals = state.renewals + 1;
  return {
    state: { ...state, renewals },
    stage,
    waitsFor: 'the payment or the stock',
    steps: stock === 'held' ? [step('renew', renewals, { needs })] : [],
    setTimers: [RENEW_AGAIN],
  };
}

/** All needs are held, or none is. */
export function reserved(
  state: FulfilmentState,
  { outcome, message }: { readonly outcome?: unknown; readonly message?: unknown },
): FulfilmentReaction {
  if (outcome !== 'reserved') return undo(state, 'CANCELLED', String(message));
  const held = { ...state, stock: 'held' as const };
  return held.isLate ? undo(held, 'CANCELLED', held.reason) : charge(held);
}

export function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
