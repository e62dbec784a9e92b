import { type ApiWorld, newKey, openWorld, someNote } from './support/api-world.ts';

describe('reads over HTTP', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld({ limits: { positionWaitMs: 50 } });
  });
  afterAll(() => world.stop());

  const get = (path: string, headers = {}) => world.call('GET', path, { headers });

  it('shows a write to whoever gives its position in the header', async () => {
    const { noteId, position } = await someNote(world);
    const answer = await get(`/notes/${noteId}`, { 'tillstream-position': position });
    expect(answer.body).toEqual({ noteId, text: 'hello', revision: 0 });
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
  });

  it('shows a write to whoever gives its position in the query', async () => {
    const { noteId, position } = await someNote(world);
    const answer = await get(`/notes/${noteId}?position=${position}`);
    expect(answer.status).toBe(200);
  });

  it('answers 425 when a position is not reached in time, and says when to ask again', async () => {
    const answer = await get('/notes', { 'tillstream-position': '999999.999999' });
    expect([answer.status, answer.body['code']]).toEqual([425, 'not_caught_up']);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body['detail']).toContain('notes');
  });

  it.each(['x', '1', '1.2.3', '1.-2', ' ', '99999999999999999999.0'])(
    'refuses the position %j',
    async (position) => {
      const answer = await get(`/notes?position=${encodeURIComponent(position)}`);
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    },
  );

  it.each(['"0"', 'W/"0"', '"7", "0"', '*'])(
    'answers 304 without a body to If-None-Match %s',
    async (tags) => {
      const { noteId, position } = await someNote(world);
      const answer = await get(`/notes/${noteId}?position=${position}`, { 'if-none-match': tags });
      expect([answer.status, answer.text]).toEqual([304, '']);
      expect(answer.headers.get('etag')).toBe('"0"');
    },
  );

  it('answers anew when the revision is another one', async () => {
    const { noteId } = await someNote(world);
    const revised = await world.call('PUT', `/notes/${noteId}`, {
      json: { text: 'second' },
      headers: { 'idempotency-key': newKey() },
    });
    const answer = await get(`/notes/${noteId}`, {
      'if-none-match': '"0"',
      'tillstream-position': revised.headers.get('tillstream-position') ?? '',
    });
    expect([answer.status, answer.body['text']]).toEqual([200, 'second']);
  });

  it('answers HEAD as GET without a body', async () => {
    const { noteId, position } = await someNote(world);
    const answer = await world.call('HEAD', `/notes/${noteId}?position=${position}`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
  });

  it('makes numbers, booleans and lists of the texts in a query, and puts defaults in', async () => {
    expect((await get('/notes')).body['asked']).toEqual({ limit: 50 });
    const answer = await get('/notes?limit=7&ratio=-0.5&newest=true&tag=a&tag=b%26c');
    expect(answer.body['asked']).toEqual({
      limit: 7,
      ratio: -0.5,
      newest: true,
      tag: ['a', 'b&c'],
    });
    expect((await get('/notes?tag=one')).body['asked']).toEqual({ limit: 50, tag: ['one'] });
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=1.5', '/limit'],
    ['limit=1e2', '/limit'],
    ['limit=0x10', '/limit'],
    ['limit=', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['newest=yes', '/newest'],
    ['ratio=NaN', '/ratio'],
    ['ratio=Infinity', '/ratio'],
    ['limit[]=1', '/limit[]'],
    ['unknown=1', '/unknown'],
    ['__proto__=1', '/__proto__'],
    ['tag=%00', '/tag/0'],
  ])('refuses the query %s', async (query, path) => {
    const answer = await get(`/notes?${query}`);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
    expect(answer.body['errors']).toMatchObject([{ in: 'query', path }]);
  });

  it('never looks at the body of a read', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        `${world.url}/health/live`,
        { headers: { 'content-length': '10' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      asked.on('error', reject);
      asked.end('{"not json');
    });
    expect(status).toBe(200);
  });
});

describe('reads over HTTP while the read store does not answer', () => {
  // It was told as a bug of ours: 500 internal.
  it('are answered 503, may be tried again, and tell nothing of the store', async () => {
    const world = await openWorld({
      wrapReadStore: (store) => ({
        ...store,
        forStore: () => ({
          get: () => Promise.reject(new Error('no route to 10.0.0.7')),
          find: () => Promise.reject(new Error('no route to 10.0.0.7')),
        }),
      }),
    });
    for (const path of ['/notes', '/notes/1']) {
      const answer = await world.call('GET', path);
      expect([answer.status, answer.body['code']]).toEqual([503, 'store_unavailable']);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.text).not.toContain('10.0.0.7');
    }
    await world.stop();
  });
});
