import { defineFeature } from '../../src/features/feature.ts';
import { noteRoutes } from './api/routes.ts';
import { noteDecider } from './domain/decide.ts';
import { noteEvents } from './domain/events.ts';
import { notes } from './projections/projection.ts';

/** A complete small concept: what docs/contributing/add-a-feature.md walks through. */
export const notesExample = defineFeature({
  name: 'notes',
  deciders: [noteDecider],
  events: noteEvents,
  projections: [notes],
  routes: noteRoutes,
});
