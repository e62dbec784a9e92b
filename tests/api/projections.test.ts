import { formatPosition, START } from '../../src/domain/kernel/position.ts';
import { type ApiWorld, keyOf, openWorld, someNote } from './support/api-world.ts';

describe('operation of read models', () => {
  let world: ApiWorld;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.stop());

  const operator = { key: keyOf('a', 'operator') };
  const act = (what: string, json?: unknown) =>
    world.call('POST', `/projections/notes/${what}`, {
      ...operator,
      ...(json !== undefined && { json }),
    });

  async function blockedEvent(): Promise<string> {
    const { noteId } = await someNote(world, 'poison');
    await world.caughtUp();
    const [event] = await world.log.readStream(`order-a.${noteId}`);
    return event?.id ?? '';
  }

  it('lists each read model with its position, state and lag', async () => {
    const { position } = await someNote(world);
    await world.caughtUp();
    const { body } = await world.call('GET', '/projections', operator);
    expect(body['items']).toMatchObject([
      { name: 'notes', version: 1, generation: 1, state: 'live', position, lagEvents: 0 },
    ]);
  });

  it('shows what blocks one, and passes over it when told so with a reason', async () => {
    const eventId = await blockedEvent();
    const listed = await world.call('GET', '/projections', operator);
    expect(listed.body['items']).toMatchObject([
      { state: 'blocked', blocked: { eventId, reason: 'poison' } },
    ]);
    const skipped = await act('skip', { eventId, reason: 'written by a broken till' });
    expect(skipped.status).toBe(202);
    const { noteId, position } = await someNote(world, 'after');
    const read = await world.call('GET', `/notes/${noteId}?position=${position}`);
    expect(read.body['text']).toBe('after');
    const journal = await world.log.readStream('projection-system.notes');
    const skip = journal.find(({ type }) => type === 'EventSkipped');
    expect(skip?.data).toMatchObject({ eventId, reason: 'written by a broken till' });
    expect(skip?.metadata.actor).toEqual({ kind: 'operator', id: 'a.a-operator' });
  });

  it('skips an event for every read model that it blocks', async () => {
    const eventId = await blockedEvent();
    const skip = (id: string) =>
      world.call('POST', '/projections/skip', { ...operator, json: { eventId: id, reason: 'x' } });
    expect((await skip('another')).body['code']).toBe('projection_not_blocked');
    const { status, body } = await skip(eventId);
    expect([status, body]).toEqual([202, { eventId, skippedFor: ['notes'] }]);
    await world.caughtUp();
    const listed = await world.call('GET', '/projections', operator);
    expect(listed.body['items']).toMatchObject([{ state: 'live' }]);
  });

  it('lists and shows what the system and its operators did, the newest first too', async () => {
    const eventId = await blockedEvent();
    await act('skip', { eventId, reason: 'a broken till' });
    await world.caughtUp();
    await act('pause', { reason: 'a move' });
    await act('resume');
    const list = async (query: string) => {
      const { status, body } = await world.call('GET', `/history/system${query}`, operator);
      expect({ query, status }).toEqual({ query, status: 200 });
      return body['items'] as {
        type: string;
        summary: string;
        position: string;
        eventId: string;
      }[];
    };
    const all = await list('');
    expect(all.map(({ type }) => type)).toEqual([
      ...['ProjectionBlocked', 'EventSkipped', 'ProjectionPaused', 'ProjectionResumed'],
    ]);
    expect(await list('?order=newest')).toEqual(all.toReversed());
    const [skipped] = await list('?type=EventSkipped&projection=notes');
    expect(skipped).toMatchObject({
      summary: `notes skips event ${eventId}: a broken till`,
      actorKind: 'operator',
      actorId: 'a.a-operator',
      entity: { kind: 'projection', id: 'notes' },
    });
    expect(await list('?projection=other')).toEqual([]);
    for (const name of [skipped?.position, skipped?.eventId]) {
      const one = await world.call('GET', `/history/system/${name}`, operator);
      expect([one.status, one.body]).toEqual([200, skipped]);
    }
    const [note] = (await world.log.readAll({ after: START, categories: ['order'] })).events;
    for (const name of [formatPosition(note?.position ?? START), note?.id, 'nothing']) {
      expect((await world.call('GET', `/history/system/${name}`, operator)).status).toBe(404);
    }
    expect((await world.call('GET', '/history/system')).status).toBe(403);
  });

  it('refuses to skip another event than the one that blocks', async () => {
    await blockedEvent();
    const answer = await act('skip', { eventId: 'another', reason: 'x' });
    expect([answer.status, answer.body['code']]).toEqual([409, 'projection_not_blocked']);
  });

  it('tries a blocked one again, and says when there is nothing to try', async () => {
    await blockedEvent();
    expect((await act('retry')).status).toBe(202);
    const fine = await openWorld();
    const answer = await fine.call('POST', '/projections/notes/retry', operator);
    expect([answer.status, answer.body['code']]).toEqual([409, 'projection_not_blocked']);
    await fine.stop();
  });

  it('compares the documents with the log, and mends them', async () => {
    const { noteId } = await someNote(world);
    const theirs = await someNote(world, 'hello', { key: keyOf('b') });
    await world.caughtUp();
    const { readStore } = world.app.services;
    const name = world.app.services.projections.serving('notes') ?? '';
    const at = { position: { commit: 0n, prepare: 0n }, epoch: 9, body: { text: 'wrong' } };
    const writes = [
      { ...at, key: `a.${noteId}`, storeId: 'a' },
      { ...at, key: `b.${theirs.noteId}`, storeId: 'b' },
    ];
    await readStore.commit({
      documents: [{ collection: { name, indexes: [] }, writes }],
      checkpoints: [],
    });
    const { body } = await act('audit', { heal: true });
    expect(body).toMatchObject({ projection: 'notes', healed: true, damagesOfOtherStores: 1 });
    expect(body['damages']).toMatchObject([{ key: `a.${noteId}` }]);
    const again = await act('audit', { heal: false });
    expect(again.body).toMatchObject({ damages: [], damagesOfOtherStores: 0, healed: false });
    expect((await world.call('GET', `/notes/${noteId}`)).body['text']).toBe('hello');
  });

  it('compares one document, and refuses what is no key of one', async () => {
    const { noteId } = await someNote(world);
    await world.caughtUp();
    const one = await act('audit', { heal: false, key: `a.${noteId}` });
    expect(one.body).toMatchObject({ documents: 1, damages: [] });
    for (const key of ['nothing', 'a.%FF', '🧾.1']) {
      const { status, body } = await act('audit', { heal: false, key });
      expect([status, body['code']]).toEqual([400, 'invalid_request']);
      expect(body['detail']).toContain('expected the key of a document');
    }
  });

  it('builds one anew while the old documents answer', async () => {
    const { noteId } = await someNote(world);
    await world.caughtUp();
    expect((await act('rebuild', { reason: 'a test' })).status).toBe(202);
    expect((await world.call('GET', `/notes/${noteId}`)).status).toBe(200);
    await world.caughtUp();
    const { body } = await world.call('GET', '/projections', operator);
    expect(body['items']).toMatchObject([{ generation: 2, state: 'live' }]);
    expect((await world.call('GET', `/notes/${noteId}`)).status).toBe(200);
  });

  it.each(['retry', 'skip', 'audit', 'rebuild'])(
    'answers 404 to %s of a read model that there is not',
    async (what) => {
      const bodies: Record<string, unknown> = {
        skip: { eventId: 'x', reason: 'x' },
        audit: { heal: false },
        rebuild: { reason: 'x' },
      };
      const json = bodies[what];
      const answer = await world.call('POST', `/projections/nothing/${what}`, {
        ...operator,
        ...(json !== undefined && { json }),
      });
      expect([answer.status, answer.body['code']]).toEqual([404, 'not_found']);
    },
  );

  it('asks for a reason', async () => {
    expect((await act('rebuild', { reason: '' })).status).toBe(400);
    expect((await act('skip', { eventId: 'x' })).status).toBe(400);
  });
});

describe('operation of read models while a store does not answer', () => {
  // It was told as a bug of ours, 500 internal (simulated seeds 1, 12, 68 and 106).
  it.each([
    ['rebuild', { reason: 'a test' }],
    ['audit', { heal: true }],
  ])('answers 503 to %s, which may be tried again', async (what, json) => {
    let failing = false;
    const world = await openWorld({
      wrapLog: (log) => ({
        ...log,
        head: () => (failing ? Promise.reject(new Error('no route to 10.0.0.7')) : log.head()),
        readAll: (options) =>
          failing ? Promise.reject(new Error('no route to 10.0.0.7')) : log.readAll(options),
      }),
    });
    await someNote(world);
    await world.caughtUp();
    failing = true;
    const answer = await world.call('POST', `/projections/notes/${what}`, {
      key: keyOf('a', 'operator'),
      json,
    });
    failing = false;
    await world.stop();
    expect([answer.status, answer.body['code']]).toEqual([503, 'store_unavailable']);
    expect(answer.text).not.toContain('10.0.0.7');
  });
});
