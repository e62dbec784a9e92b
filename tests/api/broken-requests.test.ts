import { once } from 'node:events';
import { connect } from 'node:net';

import { type ApiWorld, openWorld } from './support/api-world.ts';

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

  it('outlives a tunnel that is asked for and reset', async () => {
    const { port, hostname } = new URL(world.url);
    for (let n = 0; n < 20; n++) {
      const socket = connect(Number(port), hostname);
      socket.write('CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n');
      await once(socket, n % 2 ? 'connect' : 'data');
      socket.resetAndDestroy();
    }
    expect((await world.call('GET', '/health/live')).status).toBe(200);
  });

  it('serves HTTP/1.0 without a Host', async () => {
    expect(await say(world.url, 'GET /health/live HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  // The next request on that connection was never answered, with a body even when it came later.
  it.each([
    ['a query', 'GET /health/live HTTP/1.1\r\nHost: x', '', 200],
    ['a write', 'POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 2', '{}', 401],
  ])(
    'closes the connection after %s that wants another protocol',
    async (_n, head, body, status) => {
      const upgrade = `${head}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n${body}`;
      const answer = await say(world.url, `${upgrade}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toContain('Connection: close\r\n');
      expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    },
  );

  // The problem came first, so that a client took it for the answer to what had been carried out.
  it('answers requests that are sent all at once in their order, up to a broken one', async () => {
    const one = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const sent = [one('/health/live'), one('/nothing'), one('/health/live'), 'hello\r\n\r\n'];
    const answers = await say(world.url, sent.join(''));
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '404', '200', '400']);
  });
});
