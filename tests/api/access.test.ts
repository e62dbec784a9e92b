import { Type } from '@sinclair/typebox';

import { route } from '../../src/api/route.ts';
import { TillstreamError } from '../../src/domain/kernel/errors.ts';
import { type ApiWorld, keyOf, newKey, openWorld, someNote } from './support/api-world.ts';
import { brokenAnswer } from './support/notes.ts';

const leaking = route({
  method: 'get',
  path: '/leaking/:what',
  operationId: 'leak',
  summary: 'Fails in every way',
  tag: 'Notes',
  permission: 'orders:comp',
  status: 200,
  response: Type.Object({}),
  write: false,
  handle({ params }) {
    const { what } = params as { what: string };
    if (what === 'upstream') {
      throw new TillstreamError('store_unavailable', 'the disk at /secret/place is full');
    }
    throw new Error('the password is hunter2');
  },
});

describe('access, errors and logs', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld({ routes: [brokenAnswer, leaking] });
  });
  afterAll(() => world.stop());

  it('answers 401 with a challenge to a request without a key', async () => {
    const answer = await world.call('GET', '/notes', { key: null });
    expect([answer.status, answer.body['code']]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tillstream"');
  });

  it.each([
    ['an unknown key', 'Bearer nobody'],
    ['the hash of a key', `Bearer ${'a'.repeat(64)}`],
    ['another scheme', 'Basic a2V5Og=='],
    ['an empty key', 'Bearer '],
    ['two keys', `Bearer ${keyOf('a')} ${keyOf('b')}`],
    ['a very long key', `Bearer ${'x'.repeat(5_000)}`],
  ])('answers 401 to %s', async (_case, authorization) => {
    const answer = await world.call('GET', '/notes', { key: null, headers: { authorization } });
    expect([answer.status, answer.body['code']]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('takes the scheme in any case', async () => {
    const headers = { authorization: `bEaReR ${keyOf('a')}` };
    expect((await world.call('GET', '/notes', { key: null, headers })).status).toBe(200);
  });

  it('answers 403 to a key whose role may not do that, and names the roles that may', async () => {
    const answer = await world.call('GET', '/projections', { key: keyOf('a', 'till') });
    expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
    expect(answer.body['detail']).toBe(
      'expected the permission system:operate (admin, operator), found till',
    );
  });

  it('says who you are before it says what is wrong with your request', async () => {
    const answer = await world.call('POST', '/notes', { key: null, json: { nonsense: true } });
    expect(answer.status).toBe(401);
  });

  it('answers 404 as a problem where there is nothing', async () => {
    const answer = await world.call('GET', '/nothing/here');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toEqual({
      type: '/docs/errors#not_found',
      title: 'Resource not found',
      status: 404,
      code: 'not_found',
      detail: 'there is nothing at GET /nothing/here',
      errors: [],
      requestId: answer.headers.get('x-correlation-id'),
      docUrl: '/docs/errors#not_found',
      retryable: false,
    });
  });

  it('answers 405 with the methods that there are', async () => {
    const answer = await world.call('DELETE', '/notes');
    expect([answer.status, answer.body['code']]).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS');
    const options = await world.call('OPTIONS', '/notes', { key: null });
    expect([options.status, options.headers.get('allow')]).toEqual([
      204,
      'POST, GET, HEAD, OPTIONS',
    ]);
  });

  it('gives every answer the correlation id of its caller, or one of its own', async () => {
    const given = await world.call('GET', '/nothing', { headers: { 'x-correlation-id': 'a:b-1' } });
    expect(given.headers.get('x-correlation-id')).toBe('a:b-1');
    expect(given.body['requestId']).toBe('a:b-1');
    for (const insane of ['x'.repeat(101), 'a b', '<script>', 'ä']) {
      const headers = { 'x-correlation-id': insane };
      const answer = await world.call('GET', '/health/live', { headers });
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('sends headers that keep browsers from doing more than is meant', async () => {
    const { headers } = await world.call('GET', '/notes');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('answers 500 when an answer does not fit its schema, and shows nothing of it', async () => {
    const before = world.lines.length;
    const answer = await world.call('GET', '/broken');
    expect([answer.status, answer.body['code']]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('unsaid');
    const lines = world.lines.slice(before).join('');
    expect(lines).toContain('expected the answer of readBroken to fit its schema');
    expect(lines).not.toContain('unsaid');
  });

  it('tells of a bug only its code, and the log all of it', async () => {
    const before = world.lines.length;
    const headers = { 'x-correlation-id': 'find-me' };
    const answer = await world.call('GET', '/leaking/bug', { headers });
    expect([answer.status, answer.body['detail']]).toEqual([500, 'Internal error']);
    expect(answer.text).not.toContain('hunter2');
    const error = world.lines.slice(before).find((line) => line.includes('"level":50'));
    expect(error).toContain('hunter2');
    expect(error).toContain('find-me');
    expect(error).toContain('access.test');
  });

  it('tells nothing of a failing store either', async () => {
    const answer = await world.call('GET', '/leaking/upstream');
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('/secret/place');
  });

  it('logs who did what how long, and nothing that was sent', async () => {
    const before = world.lines.length;
    const secret = 'a-text-that-stays-between-us';
    const { noteId } = await someNote(world, secret, { headers: { cookie: `c=${secret}` } });
    await world.call('GET', `/notes/${noteId}?position=0.0`);
    await world.call('GET', '/notes', { key: secret });
    await world.call('POST', '/notes', {
      raw: `{"text":"${secret}`,
      headers: { 'content-type': 'application/json', 'idempotency-key': newKey() },
    });
    const lines = world.lines.slice(before);
    const text = lines.join('');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(keyOf('a'));
    expect(text).not.toContain(noteId);
    const requests = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
    expect(requests).toMatchObject([
      { level: 20, method: 'POST', route: '/notes', status: 202, store: 'a', caller: 'a-manager' },
      { level: 20, method: 'GET', route: '/notes/:noteId', status: 200 },
      { level: 30, method: 'GET', route: '/notes', status: 401 },
      { level: 30, method: 'POST', route: '/notes', status: 400 },
    ]);
    expect(requests.every(({ ms }) => typeof ms === 'number')).toBe(true);
  });
});
