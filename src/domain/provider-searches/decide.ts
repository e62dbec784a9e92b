import type { Decider } from '../kernel/decider.ts';
import { type SearchCommand, searchCommands } from './commands.ts';
import type { SearchedProvider, SearchEvent } from './events.ts';

/** One day of one provider, so that no stream grows for ever. */
export const searchIdOf = (provider: SearchedProvider, day: string) => `${provider}-${day}`;

/** The searches of one day, which begin once. */
export const searchDecider: Decider<{ readonly isOpen: boolean }, SearchCommand, SearchEvent> = {
  category: 'providersearch',
  version: 1,
  initialState: { isOpen: false },
  commands: searchCommands,
  decide: ({ data }, { isOpen }) => (isOpen ? [] : [{ type: 'ProviderSearchOpened', data }]),
  evolve: () => ({ isOpen: true }),
};
