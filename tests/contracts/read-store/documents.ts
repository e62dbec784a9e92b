import { documentKey } from '../../../src/domain/kernel/names.ts';
import type { Position } from '../../../src/domain/kernel/position.ts';
import type {
  Checkpoint,
  CheckpointMove,
  CollectionSpec,
  DocumentWrite,
  ReadStore,
  ReadStoreCommit,
} from '../../../src/ports/read-store.ts';

export const SALES: CollectionSpec = {
  name: 'sales__v1_g1',
  indexes: [
    { name: 'by_total', fields: ['total'] },
    { name: 'by_day', fields: ['day', 'total'] },
  ],
};

export interface Sale {
  readonly total?: number;
  readonly day?: string;
  readonly [field: string]: unknown;
}

export function at(number: number | bigint): Position {
  return { commit: BigInt(number), prepare: BigInt(number) };
}

export function write(
  storeId: string,
  id: string,
  body: Sale | undefined,
  overrides: Partial<DocumentWrite> = {},
): DocumentWrite {
  return { key: documentKey(storeId, id), storeId, position: at(1), epoch: 0, body, ...overrides };
}

export function checkpointAt(number: number | bigint, logId = 'log-1'): Checkpoint {
  return { logId, position: at(number), eventId: `event-${number}` };
}

export interface Put {
  readonly collection?: CollectionSpec;
  readonly checkpoints?: readonly CheckpointMove[];
  readonly revisions?: ReadStoreCommit['revisions'];
}

/** Commits documents to one collection and insists that it was done. */
export async function put(
  store: ReadStore,
  writes: readonly DocumentWrite[],
  { collection = SALES, checkpoints = [], revisions }: Put = {},
): Promise<void> {
  const documents = [{ collection, writes }];
  const outcome = await store.commit({ documents, checkpoints, ...(revisions && { revisions }) });
  expect(outcome).toEqual({ outcome: 'done' });
}

export async function idsOf(
  found: Promise<readonly { readonly key: string }[]>,
): Promise<string[]> {
  return (await found).map(({ key }) => key.slice(key.indexOf('.') + 1));
}
