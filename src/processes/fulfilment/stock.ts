import { charge } from './payment.ts';
import {
  type FulfilmentReaction,
  type FulfilmentState,
  RESERVATION_MS,
  STAGE,
  step,
} from './state.ts';
import { undo } from './undo.ts';

/** Stock was looked at: `missing` names the lines of which there is too little. */
export function verified(
  state: FulfilmentState,
  { tracked, missing }: { readonly tracked?: unknown; readonly missing?: unknown },
): FulfilmentReaction {
  const short = listOf(missing);
  if (short.length > 0) return undo(state, 'CANCELLED', `not enough stock: ${short.join(', ')}`);
  if (state.isLate) return undo(state, 'CANCELLED', 'the time was over');
  const held = listOf(tracked);
  const lines = state.lines.filter(({ lineId }) => held.includes(lineId));
  const next = { ...state, lines, phase: 'reserving' as const };
  if (lines.length === 0) return charge(next);
  return {
    state: next,
    stage: STAGE.verified,
    steps: lines.map((line) => step('reserve', line.lineId, { ...line, forMs: RESERVATION_MS })),
  };
}

/** A line was reserved or refused. All of them are, or none stays so. */
export function reserved(
  state: FulfilmentState,
  lineId: string,
  refusal?: string,
): FulfilmentReaction {
  const next: FulfilmentState =
    refusal === undefined
      ? { ...state, reserved: [...state.reserved, lineId] }
      : { ...state, refused: [...state.refused, lineId], reason: refusal };
  const decided = next.reserved.length + next.refused.length;
  if (decided < next.lines.length) return { state: next, stage: STAGE.verified };
  if (next.refused.length > 0) return undo(next, 'CANCELLED', next.reason);
  if (next.isLate) return undo(next, 'CANCELLED', 'the time was over');
  return charge(next);
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
