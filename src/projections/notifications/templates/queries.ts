import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { TemplateVersion } from './document.ts';
import { templateVersions } from './projection.ts';

/** The versions that a shop has saved, the newest first. */
export function listTemplates(reads: Reads, page: PageRequest): Promise<Page<TemplateVersion>> {
  const query = { orderBy: 'savedAt', direction: 'descending' } as const;
  return findPage(reads, templateVersions.name, query, page);
}
