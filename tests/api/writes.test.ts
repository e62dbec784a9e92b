import { openWorld, someNote, type ApiWorld } from './support/api-world.ts';

describe('writes', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stop());

  it('carries a command out and answers with id, revision, position and place', async () => {
    const { answer, noteId } = await someNote(world);
    expect(answer.body).toEqual({ noteId, text: 'hello', revision: 0 });
    expect(noteId).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.headers.get('location')).toBe(`/notes/${noteId}`);
    expect(answer.headers.get('tillstream-position')).toMatch(/^\d+\.\d+$/);
  });
});
