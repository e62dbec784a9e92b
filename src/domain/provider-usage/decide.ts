import type { Decider } from '../kernel/decider.ts';
import { type UsageCommand, usageCommands } from './commands.ts';
import type { UsageEvent } from './events.ts';

/** The calls of a shop to one provider on one day. They happened, so that no rule refuses them. */
export const usageDecider: Decider<{ readonly calls: number }, UsageCommand, UsageEvent> = {
  category: 'providerusage',
  version: 1,
  initialState: { calls: 0 },
  commands: usageCommands,
  decide: ({ data }) => (data.calls === 0 ? [] : [{ type: 'ProviderCallsCounted', data }]),
  evolve: ({ calls }, { data }) => ({ calls: calls + data.calls }),
};
