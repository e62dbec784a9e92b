import { connect, type Socket } from 'node:net';

import { type ApiWorld, keyOf, newKey, openWorld, someNote } from './support/api-world.ts';
import { createGate } from './support/gate.ts';

/** Speaks to the server below HTTP; `answer` is all that came until the server hung up. */
function talk(world: ApiWorld): { socket: Socket; answer: Promise<string> } {
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (bytes) => (text += String(bytes)));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  return { socket, answer };
}

const head = (length: number) =>
  [
    'POST /notes HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${keyOf('a')}`,
    `Idempotency-Key: ${newKey()}`,
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    '\r\n',
  ].join('\r\n');

describe('limits of requests in flight', () => {
  it('answers 429 to more of one store than its share, and serves the others', async () => {
    const gate = createGate();
    const world = await openWorld({ wrapLog: gate.wrap, limits: { concurrentPerShop: 1 } });
    gate.shut();
    const held = someNote(world);
    await gate.untilWaiting();
    const mine = await world.call('GET', '/notes');
    expect([mine.status, mine.body['code']]).toEqual([429, 'too_many_requests']);
    expect(mine.headers.get('retry-after')).toBe('1');
    expect((await world.call('GET', '/notes', { key: keyOf('b') })).status).toBe(200);
    gate.open();
    await held;
    expect((await world.call('GET', '/notes')).status).toBe(200);
    await world.stop();
  });

  it('answers 503 to more than it can hold of all stores', async () => {
    const gate = createGate();
    const world = await openWorld({ wrapLog: gate.wrap, limits: { concurrentRequests: 1 } });
    gate.shut();
    const held = someNote(world);
    await gate.untilWaiting();
    const other = await world.call('GET', '/notes', { key: keyOf('b') });
    expect([other.status, other.body['code']]).toEqual([503, 'overloaded']);
    expect(other.body['detail']).toBe('expected at most 1 requests at a time');
    expect(other.headers.get('retry-after')).toBe('1');
    gate.open();
    await held;
    await world.stop();
  });

  it('gives a place back after every kind of end', async () => {
    const world = await openWorld({ limits: { concurrentPerShop: 1 } });
    const headers = { 'idempotency-key': newKey(), 'content-type': 'application/json' };
    await world.call('POST', '/notes', { raw: '{', headers });
    await world.call('POST', '/notes', { json: { text: 1 } });
    await world.call('POST', '/notes', { raw: '{}', headers: { 'content-type': 'text/plain' } });
    await world.call('POST', '/notes', { json: { text: 'bug', amountMinor: 1 }, headers });
    await world.call('GET', '/projections');
    expect((await world.call('GET', '/notes')).status).toBe(200);
    await world.stop();
  });
});

describe('slow, broken and unfinished requests', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    const requestTimeoutMs = 150;
    const limits = { requestTimeoutMs, headersTimeoutMs: 100, connectionsCheckMs: 20 };
    world = await openWorld({ limits: { ...limits, concurrentPerShop: 1 } });
  });
  afterAll(() => world.stop());

  it('hangs up on a header that drips', async () => {
    const { socket, answer } = talk(world);
    socket.write('GET /notes HTTP/1.1\r\nHost:');
    expect(await answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it('hangs up on a body that drips, stores nothing, and gives the place back', async () => {
    const before = await world.log.head();
    const { socket, answer } = talk(world);
    socket.write(`${head(100)}{"text":`);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(await world.log.head()).toEqual(before);
    expect((await world.call('GET', '/notes')).status).toBe(200);
  });

  it('stores nothing of a body whose sender went away, and gives the place back', async () => {
    const before = await world.log.head();
    const lines = world.lines.length;
    const { socket } = talk(world);
    socket.write(`${head(100)}{"text":"half`, () => socket.destroy());
    await world.untilLogged('"aborted":true', lines);
    expect(await world.log.head()).toEqual(before);
    expect(world.lines.slice(lines).join('')).not.toContain('"level":50');
    expect((await world.call('GET', '/notes')).status).toBe(200);
  });

  it('answers what is not HTTP with a problem and hangs up', async () => {
    const { socket, answer } = talk(world);
    socket.write('hello there\r\n\r\n');
    const text = await answer;
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'invalid_request' });
  });

  it('answers 431 to more header than there can be', async () => {
    const { socket, answer } = talk(world);
    socket.write(`GET /notes HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('refuses two lengths in one request', async () => {
    const { socket, answer } = talk(world);
    socket.write(
      'POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
