import { documentKey } from '../../../src/domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../src/engine/projections/reads.ts';
import type { Note } from './document.ts';
import { notes } from './projection.ts';

export async function findNote(
  reads: Reads,
  storeId: string,
  noteId: string,
): Promise<Note | undefined> {
  return (await reads.get<Note>(notes.name, documentKey(storeId, noteId)))?.body;
}

/** Notes, newest first. */
export function listNotes(reads: Reads, page: PageRequest): Promise<Page<Note>> {
  return findPage(reads, notes.name, { orderBy: 'writtenAt', direction: 'descending' }, page);
}
