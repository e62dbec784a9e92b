import { importRoutes } from '../api/routes/square-import/imports.ts';
import { defineFeature } from './feature.ts';

export const squareImport = defineFeature({ name: 'square-import', routes: importRoutes });
