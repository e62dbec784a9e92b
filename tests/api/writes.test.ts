import { type ApiWorld, keyOf, newKey, openWorld, someNote } from './support/api-world.ts';
import { createGate } from './support/gate.ts';

const note = { text: 'hello', amountMinor: 1 };

describe('writes over HTTP', () => {
  const gate = createGate();
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld({ wrapLog: gate.wrap });
  });
  afterAll(() => world.stop());

  const post = (key: string, json: unknown, headers = {}) =>
    world.call('POST', '/notes', { json, headers: { 'idempotency-key': key, ...headers } });
  const put = (noteId: string, text: string, headers = {}) =>
    world.call('PUT', `/notes/${noteId}`, {
      json: { text },
      headers: { 'idempotency-key': newKey(), ...headers },
    });
  const eventsOf = (noteId: string) => world.log.readStream(`order-a.${noteId}`);

  it('carries a command out and answers with id, revision, position and place', async () => {
    const { answer, noteId } = await someNote(world);
    expect(answer.body).toEqual({ noteId, text: 'hello', revision: 0 });
    expect(noteId).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.headers.get('location')).toBe(`/notes/${noteId}`);
    expect(answer.headers.get('tillstream-position')).toMatch(/^\d+\.\d+$/);
    expect(answer.headers.get('tillstream-repeated')).toBeNull();
  });

  it('gives the first result again for the same key and body, and says so', async () => {
    const key = newKey();
    const first = await post(key, note);
    await put(String(first.body['noteId']), 'changed since');
    const again = await post(key, note);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(again.headers.get('tillstream-repeated')).toBe('true');
    expect(again.headers.get('tillstream-position')).toBe(first.headers.get('tillstream-position'));
    expect(await eventsOf(String(first.body['noteId']))).toHaveLength(2);
  });

  it('refuses the same key with another body and names the field', async () => {
    const key = newKey();
    const first = await post(key, note);
    const other = await post(key, { ...note, amountMinor: 2 });
    expect(other.status).toBe(422);
    expect(other.body['code']).toBe('idempotency_key_reused');
    expect(other.body['detail']).toContain('amountMinor');
    expect(other.body['details']).toMatchObject({ fields: ['amountMinor'] });
    expect(await eventsOf(String(first.body['noteId']))).toHaveLength(1);
  });

  it('answers 409 while the same command is being carried out', async () => {
    const key = newKey();
    gate.shut();
    const first = post(key, note);
    await gate.untilWaiting();
    const second = await post(key, note);
    gate.open();
    expect([second.status, second.body['code']]).toEqual([409, 'command_in_flight']);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(second.body['retryable']).toBe(true);
    expect((await first).status).toBe(202);
  });

  it('gives two stores with one key two different entities', async () => {
    const key = newKey();
    const mine = await post(key, note);
    const theirs = await world.call('POST', '/notes', {
      key: keyOf('b'),
      json: note,
      headers: { 'idempotency-key': key },
    });
    expect(theirs.status).toBe(202);
    expect(theirs.body['noteId']).not.toBe(mine.body['noteId']);
  });

  it.each([
    ['is missing', undefined, 'idempotency_key_missing'],
    ['is too long', 'x'.repeat(201), 'invalid_request'],
    ['holds a space', 'a b', 'invalid_request'],
    ['is not ASCII', 'caf\u00e9', 'invalid_request'],
  ])('refuses a write whose key %s', async (_case, key, code) => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const head = await world.log.head();
    const answer = await world.call('POST', '/notes', { json: note, headers });
    expect([answer.status, answer.body['code']]).toEqual([400, code]);
    expect(await world.log.head()).toEqual(head);
  });

  it('takes a key of exactly 200 characters', async () => {
    expect((await post(`${newKey()}-`.padEnd(200, 'x'), note)).status).toBe(202);
  });

  it('records a refusal, answers it with its position, and gives it again', async () => {
    const key = newKey();
    const refused = { ...note, text: 'refuse me' };
    const first = await post(key, refused);
    const again = await post(key, refused);
    expect([first.status, first.body['code']]).toEqual([422, 'total_mismatch']);
    expect(first.body['details']).toEqual({ expected: 1, found: 2 });
    expect(first.headers.get('tillstream-position')).toMatch(/^\d+\.\d+$/);
    expect(first.headers.get('tillstream-repeated')).toBeNull();
    expect(again.headers.get('tillstream-repeated')).toBe('true');
    expect(again.body['detail']).toBe(first.body['detail']);
  });

  it('carries a write out when If-Match is the revision there is', async () => {
    const { noteId } = await someNote(world);
    const answer = await put(noteId, 'second', { 'if-match': '"0"' });
    expect([answer.status, answer.body['revision']]).toEqual([200, 1]);
    expect(answer.headers.get('etag')).toBe('"1"');
  });

  it('answers 412 to a stale If-Match and changes nothing', async () => {
    const { noteId } = await someNote(world);
    await put(noteId, 'second');
    const stale = await put(noteId, 'third', { 'if-match': '"0"' });
    expect([stale.status, stale.body['code']]).toEqual([412, 'precondition_failed']);
    expect(await eventsOf(noteId)).toHaveLength(2);
  });

  it.each(['0', 'W/"0"', '*', '"x"', '"-1"', '"0", "1"', '""'])(
    'refuses the If-Match %s as malformed',
    async (tag) => {
      const { noteId } = await someNote(world);
      const answer = await put(noteId, 'second', { 'if-match': tag });
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
      expect(answer.body['errors']).toMatchObject([{ in: 'header', path: '/if-match' }]);
    },
  );

  it('records who, from where and when with each event', async () => {
    const { noteId } = await someNote(world, 'hello', {
      headers: {
        'x-correlation-id': 'sale-17',
        'x-device-id': 'till-3',
        'x-occurred-at': '2025-01-31T12:30:00-05:00',
      },
    });
    const [event] = await eventsOf(noteId);
    expect(event?.metadata).toMatchObject({
      storeId: 'a',
      actor: { kind: 'key', id: 'a-manager' },
      correlationId: 'sale-17',
      causationId: 'sale-17',
      deviceId: 'till-3',
      occurredAt: '2025-01-31T12:30:00-05:00',
    });
  });

  it.each([
    ['x-device-id', 'x'.repeat(65)],
    ['x-occurred-at', 'yesterday'],
    ['x-occurred-at', '2025-02-30T00:00:00Z'],
  ])('refuses the header %s with %s', async (name, value) => {
    const answer = await post(newKey(), note, { [name]: value });
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(answer.body['errors']).toMatchObject([{ in: 'header', path: `/${name}` }]);
  });

  it('answers an unknown entity with 404 and appends nothing', async () => {
    const head = await world.log.head();
    const answer = await put('nothing', 'x');
    expect([answer.status, answer.body['code']]).toEqual([404, 'order_not_found']);
    expect(await world.log.head()).toEqual(head);
  });
});
