import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDayFiles } from '../../../src/adapters/audit/day-files.ts';
import { createHttpEndpoint } from '../../../src/adapters/audit/http-endpoint.ts';
import { systemCipher } from '../../../src/adapters/system/cipher.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createSystemMetrics } from '../../../src/adapters/system/metrics.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { startHttpServer, type TestServer } from '../../support/http-server.ts';
import { openAccount, openShop, type Shop } from './support/shop.ts';

const SECRET = 'audit-secret-1';

interface Line {
  readonly storeId: string;
  readonly action: string;
  readonly severity: string;
  readonly outcome: string;
  readonly position: string;
  readonly after: unknown;
  readonly metadata: { readonly ipAddress?: string };
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

describe('Audit records outside', () => {
  let answers: number[];
  let server: TestServer;
  let shop: Shop;
  let folder: string;
  let received: () => void;
  beforeEach(async () => {
    answers = [];
    received = () => undefined;
    server = await startHttpServer((_request, _req, res) => {
      res.writeHead(answers.shift() ?? 204);
      res.end();
      received();
    });
    folder = mkdtempSync(join(tmpdir(), 'audit-'));
    const auditEndpoint = createHttpEndpoint({
      httpClient: createSafeFetch({ allowed: ['127.0.0.1'] }),
      cipher: systemCipher,
      clock: systemClock,
      url: `http://127.0.0.1:${server.port}/audit`,
      token: 'audit-token-1',
      secret: SECRET,
    });
    shop = await openShop({
      metrics: createSystemMetrics({ runtime: false }),
      transports: { auditEndpoint, auditFiles: createDayFiles(folder) },
    });
  });
  afterEach(async () => {
    await shop.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const untilReceived = (count: number) =>
    new Promise<void>((resolve) => {
      received = () => {
        if (server.requests.length >= count) resolve();
      };
      received();
    });

  it('arrive signed and in order, after a failed attempt too, and stand in the file of the day', async () => {
    answers = [503];
    const customerId = await openAccount(shop, { name: 'Marta Ruiz', creditLimitMinor: 1 });
    const terms = { creditLimitMinor: 5_000 };
    await shop.put(`/customers/${customerId}/terms`, terms);
    await shop.put('/system/configuration/hours', { value: '9' }, { role: 'till' });

    await untilReceived(2);

    const [first, second] = server.requests;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.headers['authorization']).toBe('Bearer audit-token-1');
    const [time = '', mac = ''] = String(second?.headers['x-tillstream-signature']).split(',');
    const signed = `${time.slice(2)}.${second?.body}`;
    expect(mac).toBe(`v1=${createHmac('sha256', SECRET).update(signed).digest('hex')}`);
    const lines = linesOf(second?.body ?? '');
    expect(lines.map(({ action }) => action)).toEqual([
      'AccountTermsChanged',
      'PERMISSION_CHECK_FAILED',
    ]);
    expect(lines[0]).toMatchObject({ storeId: 'a', after: terms, severity: 'LOW' });
    expect(lines[1]?.metadata.ipAddress).toBe('127.0.*.*');
    const [name = ''] = readdirSync(folder);
    expect(linesOf(readFileSync(join(folder, name), 'utf8'))).toEqual(lines);
    const operator = { role: 'operator' } as const;
    const health = await shop.get('/health/detailed', operator);
    expect(health.body['queues']).toMatchObject({
      audit: { healthy: true, failed: 1, parked: 0, isPaused: false },
    });
    const { text } = await shop.get('/metrics', operator);
    expect(text).toContain('queue_jobs_processed_total{queue="audit",status="failed"} 1');
    expect(text).toMatch(/queue_depth\{queue="audit",status="waiting"\} \d/);
    const { body } = await shop.get('/deliveries?channel=audit');
    expect(body['items']).toMatchObject([{ queue: 'audit-export', topic: 'audit' }]);
  }, 60_000);

  it('cannot be requested or changed by a caller', async () => {
    const asked = await shop.post('/deliveries', {
      channel: 'audit',
      priority: 'LOW',
      recipient: 'audit-endpoint',
      content: { after: '-1.-1', upTo: '9.9' },
    });

    expect([asked.status, asked.body['code']]).toEqual([400, 'invalid_request']);
  });
});
