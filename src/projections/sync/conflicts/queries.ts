import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import { deviceFacts } from '../facts/projection.ts';
import type { ConflictDocument } from './document.ts';
import { conflicts } from './projection.ts';

export async function findConflict(
  reads: Reads,
  conflictId: string,
): Promise<ConflictDocument | undefined> {
  const [found] = await reads.find<ConflictDocument>(conflicts.name, {
    where: { conflictId },
    ...{ orderBy: 'foundAt', direction: 'descending', limit: 1 },
  });
  return found?.body;
}

/** Conflicts, the newest first. */
export function listConflicts(
  reads: Reads,
  filter: Partial<Record<'state' | 'entityType' | 'entityId', string | undefined>>,
  page: PageRequest,
): Promise<Page<ConflictDocument>> {
  const query = { orderBy: 'foundAt', direction: 'descending' } as const;
  return findPage(reads, conflicts.name, { where: wherePresent(filter), ...query }, page);
}

/** Documents that one count looks at; more are not counted. */
export const MAX_COUNTED = 1_000;

export interface ConflictCounts {
  /** A person has to choose. */
  readonly unresolved: number;
  readonly last24h: number;
  /** Facts that are here and not in the books. */
  readonly rejected: number;
  /** Facts that a newer version of the server can read. */
  readonly held: number;
}

/** What a person has to look at. */
export async function countConflicts(reads: Reads, since: string): Promise<ConflictCounts> {
  const page = { direction: 'descending', limit: MAX_COUNTED } as const;
  const count = async (name: string, where: Record<string, string>, from?: string) => {
    const orderBy = name === conflicts.name ? 'foundAt' : 'keptAt';
    const range = from === undefined ? {} : { range: { field: orderBy, from } };
    return (await reads.find(name, { where, orderBy, ...page, ...range })).length;
  };
  return {
    unresolved: await count(conflicts.name, { state: 'open' }),
    last24h: await count(conflicts.name, {}, since),
    rejected: await count(deviceFacts.name, { status: 'rejected' }),
    held: await count(deviceFacts.name, { status: 'held' }),
  };
}
