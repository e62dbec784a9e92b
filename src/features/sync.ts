import { completenessRoutes } from '../api/routes/sync/completeness.ts';
import { conflictRoutes } from '../api/routes/sync/conflicts.ts';
import { factRoutes } from '../api/routes/sync/facts.ts';
import { pullRoutes } from '../api/routes/sync/pull.ts';
import { pushRoutes } from '../api/routes/sync/push.ts';
import {
  entityDecider,
  entityEvents,
  epochEvents,
  factDecider,
  factEvents,
  segmentDecider,
  segmentEvents,
  syncDeviceDecider,
  waitDecider,
  waitEvents,
} from '../domain/sync/index.ts';
import { factJudging } from '../processes/sync/fact-judging.ts';
import { conflicts } from '../projections/sync/conflicts/projection.ts';
import { describeSyncEvent } from '../projections/sync/describe.ts';
import { deviceFacts } from '../projections/sync/facts/projection.ts';
import { defineFeature } from './feature.ts';

type Described = Parameters<typeof describeSyncEvent>[0];

/** What happens at devices that are often offline, and what becomes of it here. */
export const sync = defineFeature({
  name: 'sync',
  deciders: [segmentDecider, factDecider, syncDeviceDecider, waitDecider, entityDecider],
  events: {
    definitions: {
      ...segmentEvents.definitions,
      ...factEvents.definitions,
      ...epochEvents.definitions,
      ...waitEvents.definitions,
      ...entityEvents.definitions,
    },
    types: [
      ...segmentEvents.types,
      ...factEvents.types,
      ...epochEvents.types,
      ...waitEvents.types,
      ...entityEvents.types,
    ],
  },
  projections: [deviceFacts, conflicts],
  documents: {
    'device-facts': 'A fact that a device sent, and what became of it: `GET /sync/facts`.',
    conflicts: 'Two versions that people wrote without knowing of each other: `GET /conflicts`.',
  },
  processes: [factJudging],
  routes: [...pushRoutes, ...factRoutes, ...completenessRoutes, ...conflictRoutes, ...pullRoutes],
  descriptions: (['syncsegment', 'fact', 'syncdevice', 'factwait', 'sharedentity'] as const).map(
    (category) => ({
      category,
      describe: (event) => describeSyncEvent(event as Described),
    }),
  ),
  audit: {
    FactForked: { severity: 'HIGH', outcome: 'FAILURE' },
    FactIdReused: { severity: 'HIGH', outcome: 'FAILURE' },
    FactSetAside: { severity: 'MEDIUM', outcome: 'FAILURE' },
    DeviceEpochForked: { severity: 'HIGH' },
    ConflictFound: { severity: 'LOW' },
    ConflictVersionChosen: { severity: 'MEDIUM' },
  },
});
