import { Type } from '@sinclair/typebox';

import { type Route, route } from '../../../src/api/route.ts';
import type { Command, Decider } from '../../../src/domain/kernel/decider.ts';
import { DomainError, NotFoundError } from '../../../src/domain/kernel/errors.ts';
import type { DomainEvent, RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { EventType } from '../../../src/domain/kernel/event-types.ts';
import { documentKey, partsOf, streamName } from '../../../src/domain/kernel/names.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import { defineFeature } from '../../../src/features/feature.ts';

const closed = { additionalProperties: false };
const Text = Type.String({ minLength: 1, maxLength: 100 });
const Amount = Type.Integer({ minimum: 0 });

interface NoteData {
  readonly noteId: string;
  readonly text: string;
  readonly amountMinor: number;
}
type NoteWritten = DomainEvent<'NoteWritten', NoteData>;
type NoteRevised = DomainEvent<'NoteRevised', { readonly noteId: string; readonly text: string }>;
export type WriteNote = Command<
  'WriteNote',
  { readonly text: string; readonly amountMinor: number }
>;
export type ReviseNote = Command<'ReviseNote', { readonly text: string }>;
type NoteState = { readonly text: string } | undefined;

const EVENT_TYPES: readonly EventType[] = [
  {
    type: 'NoteWritten',
    version: 1,
    schema: Type.Object({ noteId: Type.String(), text: Text, amountMinor: Amount }, closed),
  },
  {
    type: 'NoteRevised',
    version: 1,
    schema: Type.Object({ noteId: Type.String(), text: Text }, closed),
  },
];

/** The smallest thing that can be created, changed and refused: a note. It lives as an order. */
export const noteDecider: Decider<NoteState, WriteNote | ReviseNote, NoteWritten | NoteRevised> = {
  category: 'order',
  version: 1,
  initialState: undefined,
  decide(command, state, { entityId: noteId }) {
    switch (command.type) {
      case 'WriteNote':
        if (command.data.text === 'refuse me') {
          throw new DomainError('total_mismatch', 'expected 1, found 2', { expected: 1, found: 2 });
        }
        if (command.data.text === 'bug') throw new Error('a secret inside');
        return [{ type: 'NoteWritten', data: { noteId, ...command.data } }];
      case 'ReviseNote':
        if (!state) throw new NotFoundError('order_not_found', `there is no note ${noteId}`);
        return [{ type: 'NoteRevised', data: { noteId, text: command.data.text } }];
    }
  },
  evolve: (_state, event) => ({ text: event.data.text }),
};

interface NoteDocument {
  readonly noteId: string;
  readonly text: string;
  readonly revision: number;
}

const notes: Projection<NoteDocument> = {
  name: 'notes',
  version: 1,
  collection: 'notes',
  indexes: [{ name: 'by_id', fields: ['noteId'] }],
  categories: ['order'],
  keys: (event) => [
    documentKey(event.metadata.storeId, partsOf(event.stream).parts[0] ?? 'unknown'),
  ],
  evolve(_document, event: RecordedEvent) {
    if ((event.data as NoteDocument).text === 'poison') throw new Error('poison');
    const { noteId, text } = event.data as NoteData;
    return { noteId, text, revision: event.revision };
  },
  streamOf: (key) => {
    const { storeId, parts } = partsOf(key);
    return streamName('order', storeId, ...parts);
  },
};

const Note = Type.Object(
  { noteId: Type.String(), text: Type.String(), revision: Type.Integer() },
  { $id: 'Note' },
);
const Params = Type.Object({ noteId: Type.String({ maxLength: 200 }) });

const writeNote = route({
  method: 'post',
  path: '/notes',
  operationId: 'writeNote',
  summary: 'Write a note',
  tag: 'Notes',
  permission: 'orders:write',
  body: Type.Object({
    text: Text,
    amountMinor: Amount,
    lines: Type.Optional(Type.Array(Type.Object({ quantity: Amount }), { maxItems: 3 })),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    priority: Type.Optional(Type.Union([Type.Literal('high'), Type.Literal('low')])),
    anything: Type.Optional(Type.Unknown()),
  }),
  status: 202,
  response: Note,
  write: true,
  example: { text: 'buy milk', amountMinor: 100 },
  errors: ['total_mismatch'],
  async handle(request) {
    const noteId = request.newEntityId();
    const { text, amountMinor } = request.body;
    const command: WriteNote = { type: 'WriteNote', data: { text, amountMinor } };
    const { revision, position } = await request.execute(noteDecider, noteId, command);
    const body = { noteId, text, revision };
    return { status: 202, body, position, revision, location: `/notes/${noteId}` };
  },
});

const reviseNote = route({
  method: 'put',
  path: '/notes/:noteId',
  operationId: 'reviseNote',
  summary: 'Revise a note',
  tag: 'Notes',
  permission: 'orders:write',
  params: Params,
  body: Type.Object({ text: Text }),
  status: 200,
  response: Note,
  write: true,
  example: { text: 'buy bread' },
  errors: ['order_not_found'],
  async handle(request) {
    const { noteId } = request.params;
    const command: ReviseNote = { type: 'ReviseNote', data: { text: request.body.text } };
    const { revision, position } = await request.execute(noteDecider, noteId, command);
    const body = { noteId, text: request.body.text, revision };
    return { status: 200, body, position, revision };
  },
});

const readNote = route({
  method: 'get',
  path: '/notes/:noteId',
  operationId: 'readNote',
  summary: 'Read a note',
  tag: 'Notes',
  permission: 'reports:read',
  params: Params,
  status: 200,
  response: Note,
  write: false,
  waits: true,
  errors: ['order_not_found'],
  async handle({ params, caller, reads }) {
    const key = documentKey(caller.shop.id, params.noteId);
    const found = await reads.get<NoteDocument>('notes', key);
    if (!found) throw new NotFoundError('order_not_found', `there is no note ${params.noteId}`);
    return { status: 200, body: found.body, revision: found.body.revision };
  },
});

const listNotes = route({
  method: 'get',
  path: '/notes',
  operationId: 'listNotes',
  summary: 'List notes',
  tag: 'Notes',
  permission: 'reports:read',
  query: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
    ratio: Type.Optional(Type.Number()),
    newest: Type.Optional(Type.Boolean()),
    tag: Type.Optional(Type.Array(Type.String())),
  }),
  status: 200,
  response: Type.Object({ items: Type.Array(Note), asked: Type.Unknown() }),
  write: false,
  waits: true,
  async handle({ query, reads }) {
    const found = await reads.find<NoteDocument>('notes', {
      orderBy: 'noteId',
      limit: query.limit,
    });
    return { status: 200, body: { items: found.map(({ body }) => body), asked: { ...query } } };
  },
});

export const notesFeature = defineFeature({
  name: 'notes',
  deciders: [noteDecider],
  events: { definitions: {}, types: EVENT_TYPES },
  projections: [notes],
  routes: [writeNote, reviseNote, readNote, listNotes],
});

/** A route that answers with what its schema does not have. */
export const brokenAnswer: Route = route({
  method: 'get',
  path: '/broken',
  operationId: 'readBroken',
  summary: 'Answers with too much',
  tag: 'Notes',
  permission: 'reports:read',
  status: 200,
  response: Type.Object({ text: Type.String() }),
  write: false,
  handle: () =>
    Promise.resolve({ status: 200, body: { text: 'x', salt: 'unsaid' } as { text: string } }),
});
