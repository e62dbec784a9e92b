import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { ProcessDocument } from './document.ts';
import { processes } from './projection.ts';

/** Due instances that are found in one shop at once; the others follow at the next poll. */
const MAX_DUE = 1_000;

export interface ProcessFilter {
  readonly process?: string | undefined;
  readonly status?: ProcessDocument['status'] | undefined;
}

/** Processes of a shop, the newest first. */
export function listProcesses(
  reads: Reads,
  filter: ProcessFilter,
  page: PageRequest,
): Promise<Page<ProcessDocument>> {
  const where = wherePresent({ process: filter.process, status: filter.status });
  const query = { where, orderBy: 'startedAt', direction: 'descending' } as const;
  return findPage(reads, processes.name, query, page);
}

export async function getProcess(
  reads: Reads,
  storeId: string,
  processId: string,
): Promise<ProcessDocument | undefined> {
  const found = await reads.get<ProcessDocument>(processes.name, documentKey(storeId, processId));
  return found?.body;
}

/** What a process of a shop has to do before that time, the earliest first. */
export async function findDue(
  reads: Reads,
  process: string,
  before: string,
): Promise<readonly ProcessDocument[]> {
  const found = await reads.find<ProcessDocument>(processes.name, {
    where: { process },
    range: { field: 'dueAt', from: '0', below: before },
    orderBy: 'dueAt',
    limit: MAX_DUE,
  });
  return found.map(({ body }) => body);
}
