import { importRoutes } from '../api/routes/square-import/imports.ts';
import type { Feature } from './feature.ts';

export const imports: Feature = {
  name: 'imports',
  eventTypes: [],
  projections: [],
  processes: [],
  routes: importRoutes,
};
