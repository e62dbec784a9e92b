import { processRoutes } from '../api/routes/processes/processes.ts';
import {
  PROCESS_CATEGORY,
  type ProcessEvent,
  processEvents,
} from '../domain/kernel/processes/events.ts';
import { describeProcessEvent } from '../projections/processes/describe.ts';
import { processes as processList } from '../projections/processes/projection.ts';
import { defineFeature } from './feature.ts';

/** What processes with a memory have in common: events, list and operations. */
export const processes = defineFeature({
  name: 'processes',
  deciders: [{ category: PROCESS_CATEGORY }],
  events: processEvents,
  projections: [processList],
  documents: { processes: 'A process with its stage, steps and timers: `GET /processes`.' },
  routes: processRoutes,
  descriptions: [
    {
      category: PROCESS_CATEGORY,
      describe: (event) => describeProcessEvent(event as ProcessEvent),
    },
  ],
});
