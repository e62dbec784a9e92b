import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { features } from '../../src/features/index.ts';
import { operationTables } from './api.ts';
import { type Blocks, replaceBlocks } from './blocks.ts';
import { configTable } from './config.ts';
import { errorTable } from './errors.ts';
import { eventSections } from './events.ts';
import { limiterTable } from './limiters.ts';
import { mergeRuleTable } from './merge-rules.ts';
import { metricTable, plannedTable, runtimeTable } from './metrics.ts';
import { permissionTable } from './permissions.ts';
import { readModelTable, stateTable } from './projections.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PAGES: Readonly<Record<string, Blocks>> = {
  'docs/explanation/when-two-tills-meet.md': { 'merge rules': mergeRuleTable },
  'docs/how-to/limit-requests.md': { limiters: limiterTable },
  'docs/reference/api.md': { operations: () => operationTables(features) },
  'docs/reference/config.md': { settings: configTable },
  'docs/reference/errors.md': { codes: errorTable },
  'docs/reference/events.md': { events: () => eventSections(features) },
  'docs/reference/metrics.md': {
    metrics: metricTable,
    runtime: runtimeTable,
    planned: plannedTable,
  },
  'docs/reference/permissions.md': { permissions: permissionTable },
  'docs/reference/projections.md': {
    'read models': () => readModelTable(features),
    states: stateTable,
  },
};

/** A reference page as it is, and as the code says that it must be. */
export interface ReferencePage {
  readonly path: string;
  readonly file: string;
  readonly found: string;
  readonly expected: string;
}

/** The reference pages, whose tables are generated from the code. */
export function referencePages(): readonly ReferencePage[] {
  return Object.entries(PAGES).map(([path, blocks]) => {
    const file = join(ROOT, path);
    const found = readFileSync(file, 'utf8');
    return { path, file, found, expected: replaceBlocks(path, found, blocks) };
  });
}
