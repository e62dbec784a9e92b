import { noteDecider } from '../../examples/notes/domain/decide.ts';
import { notesExample } from '../../examples/notes/feature.ts';
import { history } from '../../src/features/history.ts';
import { type ApiWorld, newKey, openWorld } from '../api/support/api-world.ts';
import { given } from '../support/decider.ts';

const noteId = 'entity-1';
const written = { type: 'NoteWritten', data: { noteId, text: 'Milk', author: 'Ana' } } as const;
const archived = { type: 'NoteArchived', data: { noteId } } as const;

describe('a note', () => {
  it('is written once', () => {
    const command = { type: 'WriteNote', data: { text: 'Milk', author: 'Ana' } } as const;
    given(noteDecider, []).when(command).then([written]);
    given(noteDecider, [written]).when(command).thenRefused('illegal_transition');
  });

  it('is pinned once, and pinning it again changes nothing', () => {
    const pinned = { type: 'NotePinned', data: { noteId } } as const;
    given(noteDecider, [written]).when({ type: 'PinNote', data: {} }).then([pinned]);
    given(noteDecider, [written, pinned]).when({ type: 'PinNote', data: {} }).then([]);
  });

  it('stays as it is once it is archived', () => {
    given(noteDecider, [written, archived])
      .when({ type: 'ReviseNote', data: { text: 'Bread' } })
      .thenRefused('illegal_transition');
  });

  it('cannot be changed before it is written', () => {
    given(noteDecider, []).when({ type: 'PinNote', data: {} }).thenRefused('not_found');
  });
});

describe('notes over HTTP', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld({ features: [notesExample, history([notesExample])] });
  });
  afterAll(() => world.stop());

  const post = (path: string, json: unknown, method = 'POST') =>
    world.call(method, path, { json, headers: { 'idempotency-key': newKey() } });

  it('are written, changed and read back at the position of the write', async () => {
    const made = await post('/notes', { text: 'Milk', author: 'Ana' });
    expect(made.status).toBe(201);
    const path = made.headers.get('location') ?? '';
    await post(`${path}/pin`, {});
    const revised = await post(path, { text: 'Bread' }, 'PUT');
    expect(revised.body).toMatchObject({ text: 'Bread', pinned: true, status: 'open' });

    const position = revised.headers.get('tillstream-position') ?? '';
    const read = await world.call('GET', path, { headers: { 'tillstream-position': position } });
    expect(read.body).toMatchObject({ text: 'Bread', pinned: true, revision: 2 });
    const { items } = (await world.call('GET', '/notes')).body as { items: unknown[] };
    expect(items).toHaveLength(1);
  });

  it('say what is wrong with a request, by the schema of the command', async () => {
    const answer = await post('/notes', { text: '', author: 'Ana', colour: 'red' });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['errors'])).toMatch(/\/text.*\/colour|\/colour.*\/text/);
  });

  it('appear in the history of the shop', async () => {
    const { body } = await world.call('GET', '/history?type=NotePinned');
    expect(body['items']).toMatchObject([{ entity: { kind: 'note' }, type: 'NotePinned' }]);
  });
});
