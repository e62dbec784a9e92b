import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';

import { createSafeFetch, type SafeFetchOptions } from '../../../src/adapters/system/safe-fetch.ts';
import type { HttpClient, HttpRequest } from '../../../src/ports/http-client.ts';
import { startHttpServer, TEST_AUTHORITY, type TestServer } from '../../support/http-server.ts';

const LOOPBACK = [{ address: '127.0.0.1', family: 4 }];
const SECRET = 'pw-7Hq2';

describe('The client for outgoing calls', () => {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  function client(options: SafeFetchOptions = {}): HttpClient {
    const made = createSafeFetch({ authorities: TEST_AUTHORITY, ...options });
    stops.push(() => made.close());
    return made;
  }

  async function server(
    answer: Parameters<typeof startHttpServer>[0],
    options = {},
  ): Promise<TestServer> {
    const started = await startHttpServer(answer, options);
    stops.push(() => started.stop());
    return started;
  }

  async function rawServer(answer: string, end = true): Promise<number> {
    const raw: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(answer);
        if (end) socket.end();
      });
      stops.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    stops.push(() => raw.close());
    return (raw.address() as AddressInfo).port;
  }

  const greeting = () =>
    server((_, _req, res) => {
      res.setHeader('X-Kind', 'greeting');
      res.end('hello');
    });

  function codeOf(sending: Promise<unknown>): Promise<string> {
    return sending.then(
      () => 'sent',
      (error: unknown) => (error as { code: string }).code,
    );
  }

  const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url,
    ...more,
  });

  describe('reaching a server', () => {
    it('sends what it is given over TLS, and returns status, headers and bytes', async () => {
      const { port, requests } = await server(
        (_, _req, res) => {
          res.writeHead(201, { 'X-Kind': ['a', 'b'] });
          res.end(Buffer.from([0, 255, 1]));
        },
        { tls: true },
      );
      const to = client({ allowed: ['hook.example.test'], resolve: async () => LOOPBACK });

      const response = await to.send({
        method: 'POST',
        url: `https://hook.example.test:${port}/in?x=1`,
        headers: { Authorization: 'Bearer abc', 'Content-Type': 'application/json' },
        body: '{"a":"ñ"}',
      });

      expect(response).toMatchObject({ status: 201, headers: { 'x-kind': 'a, b' } });
      expect([...response.body]).toEqual([0, 255, 1]);
      expect(requests).toHaveLength(1);
      expect(requests[0]).toMatchObject({ method: 'POST', url: '/in?x=1', body: '{"a":"ñ"}' });
      expect(requests[0]?.headers).toMatchObject({
        authorization: 'Bearer abc',
        'content-length': '10',
        'accept-encoding': 'identity',
        'user-agent': 'tillstream',
      });
    });

    it('resolves with a status that says no', async () => {
      const { port } = await server((_, _req, res) => {
        res.writeHead(503);
        res.end();
      });

      expect(
        await client({ allowed: ['127.0.0.1'] }).send(get(`http://127.0.0.1:${port}/`)),
      ).toEqual(expect.objectContaining({ status: 503, body: Buffer.alloc(0) }));
    });

    it('does not trust a certificate of an unknown authority or of another name', async () => {
      const { port, requests } = await server((_, _req, res) => res.end('x'), { tls: true });
      const named = { allowed: ['a.example.test', 'other.test'], resolve: async () => LOOPBACK };
      const trusting = client(named);
      const unknowing = createSafeFetch(named);
      stops.push(() => unknowing.close());

      expect(await codeOf(trusting.send(get(`https://other.test:${port}/`)))).toBe(
        'upstream_unavailable',
      );
      expect(await codeOf(unknowing.send(get(`https://a.example.test:${port}/`)))).toBe(
        'upstream_unavailable',
      );
      expect(requests).toEqual([]);
    });

    it('uses no proxy of the environment', async () => {
      const { port } = await greeting();
      const before = { ...process.env };
      const proxy = 'http://127.0.0.1:1';
      Object.assign(process.env, { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy });
      try {
        const { body } = await client({ allowed: ['127.0.0.1'] }).send(
          get(`http://127.0.0.1:${port}/`),
        );
        expect(body.toString()).toBe('hello');
      } finally {
        process.env = before;
      }
    });
  });

  describe('refusing a destination', () => {
    it.each([
      'http://127.0.0.1:PORT/',
      'https://127.0.0.1:PORT/',
      'https://127.1:PORT/',
      'https://2130706433:PORT/',
      'https://0x7f.0.0.1:PORT/',
      'https://0177.0.0.1:PORT/',
      'https://0:PORT/',
      'https://[::1]:PORT/',
      'https://[::ffff:127.0.0.1]:PORT/',
      'https://[64:ff9b::7f00:1]:PORT/',
      'https://localhost:PORT/',
      'https://①②⑦.0.0.1:PORT/',
      'https://10.0.0.1:PORT/',
      'https://169.254.169.254/latest/meta-data',
      'http://8.8.8.8/',
      'ftp://example.test/',
      'file:///etc/passwd',
      'data:text/plain,x',
      'no url',
      `https://user:${SECRET}@example.test/`,
    ])('refuses %s before it connects', async (pattern) => {
      const { port, requests } = await greeting();
      const sending = client().send(get(pattern.replace('PORT', String(port))));

      expect(await codeOf(sending)).toBe('destination_not_allowed');
      await expect(sending).rejects.not.toThrow(SECRET);
      expect(requests).toEqual([]);
    });

    it.each([
      ['one private address', LOOPBACK],
      ['a private address beside a public one', [{ address: '8.8.8.8', family: 4 }, ...LOOPBACK]],
      ['a mapped address', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ])('refuses a name with %s', async (_, found) => {
      const to = client({ resolve: async () => found });

      expect(await codeOf(to.send(get('https://a.example.test/')))).toBe('destination_not_allowed');
    });

    it('refuses plain http to a name that is not allowed, also on the public Internet', async () => {
      const to = client({ resolve: async () => [{ address: '8.8.8.8', family: 4 }] });

      expect(await codeOf(to.send(get('http://a.example.test/')))).toBe('destination_not_allowed');
    });

    it('connects to the address that it checked when the name server answers otherwise next', async () => {
      const { port, requests } = await greeting();
      let asked = 0;
      const to = client({
        allowed: ['127.0.0.2/32'],
        // First the allowed address, where nothing listens; afterwards the server's.
        resolve: async () => {
          asked += 1;
          return [{ address: asked === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
        },
      });

      expect(await codeOf(to.send(get(`http://a.example.test:${port}/`)))).toBe(
        'upstream_unavailable',
      );
      expect(asked).toBe(1);
      expect(await codeOf(to.send(get(`http://a.example.test:${port}/`)))).toBe(
        'destination_not_allowed',
      );
      expect(requests).toEqual([]);
    });

    it('lets no header through that belongs to the connection', async () => {
      const to = client({ allowed: ['127.0.0.1'] });

      for (const name of ['Host', 'content-length', 'Proxy-Authorization', 'Transfer-Encoding']) {
        expect(await codeOf(to.send(get('http://127.0.0.1/', { headers: { [name]: 'x' } })))).toBe(
          'internal',
        );
      }
    });

    it('reports a header value with a line break without the value', async () => {
      const to = client({ allowed: ['127.0.0.1'] });
      const headers = { authorization: `Bearer ${SECRET}\r\nX: y` };
      const sending = to.send(get('http://127.0.0.1/', { headers }));

      expect(await codeOf(sending)).toBe('upstream_unavailable');
      await expect(sending).rejects.not.toThrow(SECRET);
    });
  });

  describe('redirects', () => {
    const redirecting = (status: number, location: (port: number) => string) =>
      server(({ url }, _req, res) => {
        if (url.startsWith('/end')) {
          res.end('end');
          return;
        }
        res.writeHead(status, { Location: location((_req.socket.address() as AddressInfo).port) });
        res.end();
      });

    it('are the response unless the request asks to follow them', async () => {
      const { port } = await redirecting(302, () => '/end');

      const response = await client({ allowed: ['127.0.0.1'] }).send(
        get(`http://127.0.0.1:${port}/`),
      );

      expect(response).toMatchObject({ status: 302, headers: { location: '/end' } });
    });

    it('are followed within the origin, with method and body as the status says', async () => {
      const { port, requests } = await redirecting(307, () => '/end');
      const to = client({ allowed: ['127.0.0.1'] });
      const body = { method: 'POST', body: 'x', headers: { authorization: 'k' } } as const;

      const { status } = await to.send(
        get(`http://127.0.0.1:${port}/`, { ...body, maxRedirects: 1 }),
      );

      expect(status).toBe(200);
      expect(requests.map(({ method, body: sent }) => [method, sent])).toEqual([
        ['POST', 'x'],
        ['POST', 'x'],
      ]);
      expect(requests[1]?.headers).toMatchObject({ authorization: 'k' });
    });

    it('turn a POST into a GET without body at 303', async () => {
      const { port, requests } = await redirecting(303, () => '/end');
      const to = client({ allowed: ['127.0.0.1'] });

      await to.send(
        get(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x', maxRedirects: 1 }),
      );

      expect(requests[1]).toMatchObject({ method: 'GET', body: '' });
    });

    it('keep secrets from another origin', async () => {
      const { port, requests } = await redirecting(302, (own) => `http://localhost:${own}/end`);
      const to = client({ allowed: ['127.0.0.1', 'localhost'], resolve: async () => LOOPBACK });
      const headers = { authorization: 'k', cookie: 'c', 'x-api-key': 'z', accept: 'text/plain' };

      await to.send(get(`http://127.0.0.1:${port}/`, { headers, maxRedirects: 1 }));

      expect(requests[1]?.headers).toMatchObject({
        accept: 'text/plain',
        host: `localhost:${port}`,
      });
      expect(JSON.stringify(requests[1]?.headers)).not.toMatch(/authorization|cookie|x-api-key/);
    });

    it('take no body to another origin', async () => {
      const { port, requests } = await redirecting(308, (own) => `http://localhost:${own}/end`);
      const to = client({ allowed: ['127.0.0.1', 'localhost'], resolve: async () => LOOPBACK });
      const request = get(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: 'x',
        maxRedirects: 1,
      });

      expect(await codeOf(to.send(request))).toBe('destination_not_allowed');
      expect(requests).toHaveLength(1);
    });

    it.each([
      ['a private address', () => 'https://10.0.0.1/'],
      ['another loopback address', (port: number) => `http://127.0.0.2:${port}/end`],
      ['metadata of a cloud', () => 'http://169.254.169.254/latest/meta-data'],
      ['a file', () => 'file:///etc/passwd'],
      ['a URL with credentials', () => 'https://a:b@example.test/'],
    ])('to %s are refused', async (_, location) => {
      const { port } = await redirecting(302, location);
      const to = client({ allowed: ['127.0.0.1'] });

      expect(await codeOf(to.send(get(`http://127.0.0.1:${port}/`, { maxRedirects: 3 })))).toBe(
        'destination_not_allowed',
      );
    });

    it('without end are cut off', async () => {
      const { port, requests } = await redirecting(302, () => '/again');
      const to = client({ allowed: ['127.0.0.1'] });

      expect(await codeOf(to.send(get(`http://127.0.0.1:${port}/`, { maxRedirects: 99 })))).toBe(
        'upstream_invalid_response',
      );
      expect(requests).toHaveLength(6);
    });
  });

  describe('limits', () => {
    const to = () => client({ allowed: ['127.0.0.1'] });

    it('ends a response that never begins', async () => {
      const { port } = await server(() => undefined);
      const sending = to().send(get(`http://127.0.0.1:${port}/?k=${SECRET}`, { timeoutMs: 50 }));

      expect(await codeOf(sending)).toBe('upstream_timeout');
      await expect(sending).rejects.not.toThrow(SECRET);
    });

    it('ends a body that never ends', async () => {
      const { port } = await server((_, _req, res) => {
        res.write('x');
      });

      expect(await codeOf(to().send(get(`http://127.0.0.1:${port}/`, { timeoutMs: 50 })))).toBe(
        'upstream_timeout',
      );
    });

    it('ends a look-up that never answers', async () => {
      const never = client({ resolve: () => new Promise(() => undefined) });

      expect(await codeOf(never.send(get('https://a.example.test/', { timeoutMs: 20 })))).toBe(
        'upstream_timeout',
      );
    });

    it('ends with the signal of its caller', async () => {
      const { port } = await server(() => abort.abort());
      const abort = new AbortController();

      expect(
        await codeOf(to().send(get(`http://127.0.0.1:${port}/`, { signal: abort.signal }))),
      ).toBe('upstream_unavailable');
      expect(
        await codeOf(to().send(get(`http://127.0.0.1:${port}/`, { signal: abort.signal }))),
      ).toBe('upstream_unavailable');
    });

    it('takes a body of the limit, and none above it, whatever length is declared', async () => {
      const { port } = await server(({ url }, _req, res) => {
        res.write('x'.repeat(1_000));
        res.end(url === '/more' ? 'x' : '');
      });
      const limited = { maxResponseBytes: 1_000 };

      expect((await to().send(get(`http://127.0.0.1:${port}/`, limited))).body).toHaveLength(1_000);
      expect(await codeOf(to().send(get(`http://127.0.0.1:${port}/more`, limited)))).toBe(
        'upstream_invalid_response',
      );
    });

    it('does not unpack a compressed body', async () => {
      const { port } = await server((_, _req, res) => {
        res.setHeader('Content-Encoding', 'gzip');
        res.end('not unpacked');
      });

      expect((await to().send(get(`http://127.0.0.1:${port}/`))).body.toString()).toBe(
        'not unpacked',
      );
    });

    it.each([
      ['headers that are too large', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
      ['something that is not HTTP', 'SSH-2.0-server\r\n\r\n'],
      ['another protocol', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
      ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    ])('refuses %s', async (_, answer) => {
      const port = await rawServer(answer);

      expect(await codeOf(to().send(get(`http://127.0.0.1:${port}/`)))).toBe(
        'upstream_invalid_response',
      );
    });

    it.each([
      ['nothing', ''],
      ['a part of the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx'],
    ])('reports a connection that ends after %s', async (_, answer) => {
      const port = await rawServer(answer);

      expect(await codeOf(to().send(get(`http://127.0.0.1:${port}/`)))).toBe(
        'upstream_unavailable',
      );
    });

    it('reports a name without address, and a port where nothing listens', async () => {
      const nowhere = client({
        resolve: () => Promise.reject(Object.assign(new Error(SECRET), { code: 'ENOTFOUND' })),
      });
      const unknown = nowhere.send(get('https://a.example.test/'));

      expect(await codeOf(unknown)).toBe('upstream_unavailable');
      await expect(unknown).rejects.toThrow('found ENOTFOUND');
      await expect(unknown).rejects.not.toThrow(SECRET);
      expect(await codeOf(to().send(get('http://127.0.0.1:1/')))).toBe('upstream_unavailable');
    });
  });
});
