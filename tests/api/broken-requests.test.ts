import { connect } from 'node:net';

import { openWorld, type ApiWorld } from './support/api-world.ts';

/** Writes the text over a connection of its own and reads until the server closes it. */
function say(url: string, text: string): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

const PROBLEM = {
  type: expect.any(String) as string,
  title: expect.any(String) as string,
  detail: expect.any(String) as string,
  errors: [],
  requestId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
  docUrl: expect.any(String) as string,
  retryable: false,
};

// The fuzz run found each of these answered without a body, without a request id or not at all.
describe('a connection that brings no request of ours', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stop());

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'invalid_request'],
    ['an unknown method', 'NOSUCH / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'],
    ['a name with a space', 'GET / HTTP/1.1\r\nBad Name: x\r\n\r\n', 400, 'invalid_request'],
    ['no Host', 'GET /health/live HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
    ['too much header', `GET / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n`, 431, 'invalid_request'],
    ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n', 405, 'method_not_allowed'],
  ])('gets a whole problem for %s', async (_name, text, status, code) => {
    const answer = await say(world.url, text);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    const problem = JSON.parse(body) as { requestId: string };
    expect(problem).toEqual({ ...PROBLEM, status, code });
    expect(head).toContain(`X-Correlation-Id: ${problem.requestId}`);
  });

  it('answers a request that expects what we do not know as any other', async () => {
    const head = 'GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nConnection: close';
    expect(await say(world.url, `${head}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('serves HTTP/1.0 without a Host', async () => {
    expect(await say(world.url, 'GET /health/live HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});
