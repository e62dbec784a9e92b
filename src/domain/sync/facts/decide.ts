import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { type FactCommand, factCommands, type JudgeFact } from './commands.ts';
import type { FactEvent, FactJudged } from './events.ts';

type Verdict = FactJudged['data'];

/** What is known about one fact id. */
export interface FactState {
  /** Hash of the first fact with this id; `null`: there is none. */
  readonly hash: string | null;
  /** Its last judgement. */
  readonly verdict: Verdict | null;
  /** Hashes of other facts that came with this id. */
  readonly reusedBy: readonly string[];
}

/** Of further facts with one id only these are recorded. */
const MAX_REUSES = 50;

export const isFinal = (verdict: Verdict | null): verdict is Verdict =>
  verdict !== null && (verdict.status === 'accepted' || verdict.status === 'rejected');

function judge(verdict: JudgeFact['data'], state: FactState): readonly FactEvent[] {
  const { deviceId, epoch, seq, hash, keptAt } = verdict;
  if (state.hash !== null && state.hash !== hash) {
    if (state.reusedBy.includes(hash) || state.reusedBy.length >= MAX_REUSES) return [];
    const reused = { deviceId, ...omitUndefined({ epoch, seq }), hash, keptAt };
    return [{ type: 'FactIdReused', data: { ...reused, firstHash: state.hash } }];
  }
  if (isFinal(state.verdict) || isSame(state.verdict, verdict)) return [];
  return [{ type: 'FactJudged', data: verdict as Verdict }];
}

/** Waits for the same as before. */
function isSame(before: Verdict | null, { status, blockedBy = [] }: JudgeFact['data']): boolean {
  if (before?.status !== status) return false;
  return String(before.blockedBy ?? []) === String(blockedBy);
}

function decide(
  command: FactCommand,
  state: FactState,
  { now: keptAt }: CommandContext,
): readonly FactEvent[] {
  switch (command.type) {
    case 'JudgeFact':
      return judge(command.data, state);
    case 'ReceiveFact':
      if (state.hash !== null) return [];
      return [{ type: 'FactReceived', data: { ...command.data, keptAt } }];
    case 'SetFactAside':
      if (state.hash !== null) return [];
      return [{ type: 'FactSetAside', data: { ...command.data, keptAt } }];
  }
}

function evolve(state: FactState, event: FactEvent): FactState {
  switch (event.type) {
    case 'FactReceived':
      return { ...state, hash: event.data.hash };
    case 'FactJudged':
      return { ...state, hash: event.data.hash, verdict: event.data };
    case 'FactIdReused':
      return { ...state, reusedBy: [...state.reusedBy, event.data.hash] };
    case 'FactSetAside':
      return { ...state, hash: '' };
  }
}

/**
 * A fact of a device by its id: its first judgement stays for ever (S1, S2). What cannot be read as
 * a fact has a stream of its own, named by its hash.
 */
export const factDecider: Decider<FactState, FactCommand, FactEvent> = {
  category: 'fact',
  version: 1,
  initialState: { hash: null, verdict: null, reusedBy: [] },
  commands: factCommands,
  decide,
  evolve,
};
