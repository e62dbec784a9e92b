import { drawerRoutes } from '../api/routes/drawers/drawers.ts';
import { DrawerParams } from '../api/routes/drawers/schemas.ts';
import { historyEntity } from '../api/routes/history/entities.ts';
import {
  drawerDecider,
  type DrawerEvent,
  drawerEvents,
  tillDecider,
  type TillEvent,
  tillEvents,
} from '../domain/drawers/index.ts';
import { drawerEntries } from '../processes/drawers/drawer-entries.ts';
import { describeDrawerEvent, describeTillEvent } from '../projections/drawers/describe.ts';
import { DrawerSchema } from '../projections/drawers/document.ts';
import { drawers as drawerDocuments } from '../projections/drawers/projection.ts';
import { defineFeature } from './feature.ts';

export const drawers = defineFeature({
  name: 'drawers',
  deciders: [drawerDecider, tillDecider],
  events: {
    definitions: { ...drawerEvents.definitions, ...tillEvents.definitions },
    types: [...drawerEvents.types, ...tillEvents.types],
  },
  projections: [drawerDocuments],
  documents: {
    drawers:
      'A drawer session with its figures: `GET /drawers`, by id too, and its X and Z reports.',
  },
  processes: [drawerEntries],
  routes: drawerRoutes,
  descriptions: [
    { category: 'drawer', describe: (event) => describeDrawerEvent(event as DrawerEvent) },
    { category: 'till', describe: (event) => describeTillEvent(event as TillEvent) },
  ],
  timeTravel: [
    historyEntity({
      category: 'drawer',
      path: 'drawers',
      id: 'drawerId',
      noun: 'drawer',
      name: 'Drawer',
      article: 'A drawer session',
      notFound: 'drawer_not_found',
      params: DrawerParams,
      readModel: drawerDocuments,
      document: DrawerSchema,
    }),
  ],
});
