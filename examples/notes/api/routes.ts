import { Type } from '@sinclair/typebox';

import { commandRoutes } from '../../../src/api/command.ts';
import { query } from '../../../src/api/query.ts';
import { orNotFound, pageResponse, writtenAt } from '../../../src/api/responses.ts';
import type { Route } from '../../../src/api/route.ts';
import { pageOf, pageQuery, written } from '../../../src/api/schemas.ts';
import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import { Id } from '../../../src/domain/kernel/schema.ts';
import { noteCommands } from '../domain/commands.ts';
import { noteDecider } from '../domain/decide.ts';
import { NoteSchema } from '../projections/document.ts';
import { findNote, listNotes } from '../projections/queries.ts';

const tag = 'Notes';
const { revision: _r, writtenAt: _w, ...noteFields } = NoteSchema.properties;

const command = commandRoutes({
  tag,
  decider: noteDecider,
  commands: noteCommands,
  id: 'noteId',
  response: Type.Object({ ...noteFields, ...written }, { $id: 'NoteResponse' }),
  respond(result) {
    const { state } = result;
    if (state.status === 'none') throw new InvariantError('a note after its command');
    return { ...state, ...writtenAt(result) };
  },
});

const errors = ['not_found', 'illegal_transition'] as const;

export const noteRoutes: readonly Route[] = [
  command('WriteNote', {
    path: '/notes',
    operationId: 'writeNote',
    summary: 'Write a note',
    permission: 'orders:write',
    creates: true,
    status: 201,
    example: { text: 'Buy milk', author: 'Ana' },
  }),
  command('ReviseNote', {
    method: 'put',
    path: '/notes/:noteId',
    operationId: 'reviseNote',
    summary: 'Revise a note',
    permission: 'orders:write',
    example: { text: 'Buy bread' },
    errors,
  }),
  command('PinNote', {
    path: '/notes/:noteId/pin',
    operationId: 'pinNote',
    summary: 'Pin a note',
    permission: 'orders:write',
    example: {},
    errors,
  }),
  command('UnpinNote', {
    path: '/notes/:noteId/unpin',
    operationId: 'unpinNote',
    summary: 'Unpin a note',
    permission: 'orders:write',
    example: {},
    errors,
  }),
  command('ArchiveNote', {
    path: '/notes/:noteId/archive',
    operationId: 'archiveNote',
    summary: 'Archive a note',
    permission: 'orders:write',
    example: { reason: 'Done' },
    errors,
  }),
  query({
    path: '/notes',
    operationId: 'listNotes',
    summary: 'Notes, newest first',
    tag,
    permission: 'orders:read',
    query: Type.Object(pageQuery),
    response: pageOf(NoteSchema),
    read: async ({ query: page, reads }) => pageResponse(await listNotes(reads, page)),
  }),
  query({
    path: '/notes/:noteId',
    operationId: 'getNote',
    summary: 'One note',
    tag,
    permission: 'orders:read',
    params: Type.Object({ noteId: Id }),
    response: NoteSchema,
    errors: ['not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { noteId }, reads, caller }) {
      const note = await findNote(reads, caller.shop.id, noteId);
      return orNotFound(note, 'not_found', `note ${noteId}`);
    },
  }),
];
