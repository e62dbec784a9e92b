import type { Decider } from '../../kernel/decider.ts';
import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import type { KeptFact } from '../facts/events.ts';
import { type WaitEvent, waitEvents } from './events.ts';

export const waitCommands = defineCommands({ Wait: waitEvents.definitions.FactWaits });

type WaitCommand = CommandOf<typeof waitCommands>;

export interface WaitState {
  readonly waiting: readonly KeptFact[];
}

/** Facts that wait for the same; one more is rejected with `stream_full`. */
const MAX_WAITING = 1_000;

/** The facts that wait for one order, drawer session or fact, which may come at any time. */
export const waitDecider: Decider<WaitState, WaitCommand, WaitEvent> = {
  category: 'factwait',
  version: 1,
  maxEvents: MAX_WAITING,
  initialState: { waiting: [] },
  commands: waitCommands,
  decide({ data }, { waiting }) {
    const { id, hash } = data.kept;
    if (waiting.some((each) => each.id === id && each.hash === hash)) return [];
    return [{ type: 'FactWaits', data }];
  },
  evolve: ({ waiting }, { data }) => ({ waiting: [...waiting, data.kept] }),
};
