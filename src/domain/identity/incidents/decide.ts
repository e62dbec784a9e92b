import type { Command, Decider } from '../../kernel/decider.ts';
import type { IncidentEvent } from './events.ts';

/** Records what happened; an incident has at most two events, so its stream stays short. */
export type IncidentCommand = Command<'RecordIncident', { readonly event: IncidentEvent }>;

export const incidentDecider: Decider<null, IncidentCommand, IncidentEvent> = {
  category: 'incident',
  version: 1,
  initialState: null,
  decide: ({ data }) => [data.event],
  evolve: (state) => state,
};
