import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { createStandardWebhooks } from '../../../src/adapters/webhooks/standard-webhooks.ts';
import { startHttpServer, type TestServer } from '../../support/http-server.ts';

// Secret, id, time, body and signature are a published example of the specification.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const SECONDS = 1_614_265_330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const OTHER = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe('Standard webhooks', () => {
  let server: TestServer;
  let status: number;
  let headers: Record<string, string>;
  beforeEach(async () => {
    status = 204;
    headers = {};
    server = await startHttpServer((_request, _req, res) => {
      res.writeHead(status, headers);
      res.end('a text that nobody keeps');
    });
  });
  afterEach(() => server.stop());

  function send({ allowed = ['127.0.0.1'], endpoint = 'pager', secrets = [SECRET] } = {}) {
    const sender = createStandardWebhooks({
      httpClient: createSafeFetch({ allowed }),
      clock: { now: () => SECONDS * 1_000 + 999 },
      targets: [{ id: 'pager', url: `http://127.0.0.1:${server.port}/hook?token=t`, secrets }],
    });
    const { signal } = new AbortController();
    return sender.send({ endpoint, key: ID, reference: 'system.d1', body: BODY, signal });
  }

  it('are signed as in the example of the specification', async () => {
    expect(await send()).toEqual({ outcome: 'accepted' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/hook?token=t', body: BODY });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': ID,
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': SIGNATURE,
    });
  });

  it('are signed with each secret while one replaces another', async () => {
    await send({ secrets: [OTHER, SECRET] });
    const signatures = String(server.requests[0]?.headers['webhook-signature']).split(' ');
    expect(signatures).toHaveLength(2);
    expect(signatures[1]).toBe(SIGNATURE);
    expect(signatures[0]).not.toBe(SIGNATURE);
  });

  it.each([
    [410, 'permanent'],
    [401, 'auth'],
    [403, 'auth'],
    [302, 'retry'],
    [404, 'retry'],
    [500, 'retry'],
  ])('fail for status %d as %s', async (given, failureClass) => {
    status = given;
    expect(await send()).toMatchObject({
      ...{ outcome: 'failed', failureClass, code: `webhook_${given}` },
    });
  });

  it('wait as long as the receiver asks for', async () => {
    status = 429;
    headers = { 'retry-after': '120' };
    expect(await send()).toMatchObject({ failureClass: 'retry', retryAfterMs: 120_000 });
  });

  it('do not reach private addresses, and name neither path nor secret', async () => {
    const outcome = await send({ allowed: [] });
    expect(outcome).toMatchObject({ failureClass: 'permanent' });
    expect(server.requests).toEqual([]);
    expect(JSON.stringify(outcome)).not.toMatch(/token|whsec/);
  });

  it('are parked when their contact is not configured any more', async () => {
    expect(await send({ endpoint: 'gone' })).toMatchObject({
      ...{ failureClass: 'permanent', code: 'webhook_unknown_contact' },
    });
  });

  it('are retried when the receiver does not respond', async () => {
    await server.stop();
    expect(await send()).toMatchObject({ outcome: 'failed', failureClass: 'retry' });
  });
});
