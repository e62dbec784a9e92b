import type { CommandContext, Decider } from '../../../src/domain/kernel/decider.ts';
import { DomainError, NotFoundError } from '../../../src/domain/kernel/errors.ts';
import { type NoteCommand, noteCommands } from './commands.ts';
import type { NoteEvent } from './events.ts';

export type NoteState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open' | 'archived';
      readonly noteId: string;
      readonly text: string;
      readonly author: string;
      readonly pinned: boolean;
    };

/**
 * What a command does to a note. To pin a pinned note, or unpin one that is not, changes nothing.
 * @throws NotFoundError not_found when there is no note yet.
 * @throws DomainError illegal_transition for a note that is archived, or written twice.
 */
function decide(
  command: NoteCommand,
  state: NoteState,
  { entityId: noteId }: CommandContext,
): readonly NoteEvent[] {
  if (command.type === 'WriteNote') {
    if (state.status !== 'none') throw illegal(noteId, state.status, 'written');
    return [{ type: 'NoteWritten', data: { noteId, ...command.data } }];
  }
  if (state.status === 'none') throw new NotFoundError('not_found', `there is no note ${noteId}`);
  if (state.status === 'archived') throw illegal(noteId, state.status, command.type);
  switch (command.type) {
    case 'ReviseNote':
      return [{ type: 'NoteRevised', data: { noteId, ...command.data } }];
    case 'PinNote':
      return state.pinned ? [] : [{ type: 'NotePinned', data: { noteId } }];
    case 'UnpinNote':
      return state.pinned ? [{ type: 'NoteUnpinned', data: { noteId } }] : [];
    case 'ArchiveNote':
      return [{ type: 'NoteArchived', data: { noteId, ...command.data } }];
  }
}

function illegal(noteId: string, status: string, wanted: string): DomainError {
  const message = `expected an open note ${noteId} for ${wanted}, found it ${status}`;
  return new DomainError('illegal_transition', message, { noteId, status });
}

function evolve(state: NoteState, event: NoteEvent): NoteState {
  if (event.type === 'NoteWritten') return { status: 'open', pinned: false, ...event.data };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'NoteRevised':
      return { ...state, text: event.data.text };
    case 'NotePinned':
      return { ...state, pinned: true };
    case 'NoteUnpinned':
      return { ...state, pinned: false };
    case 'NoteArchived':
      return { ...state, status: 'archived' };
  }
}

export const noteDecider: Decider<NoteState, NoteCommand, NoteEvent> = {
  category: 'note',
  version: 1,
  initialState: { status: 'none' },
  commands: noteCommands,
  decide,
  evolve,
};
