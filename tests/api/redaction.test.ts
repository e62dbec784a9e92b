import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

import { createDayFiles } from '../../src/adapters/audit/day-files.ts';
import { createSystemMetrics } from '../../src/adapters/system/metrics.ts';
import { createSystemTracer } from '../../src/adapters/system/tracer.ts';
import { readConfig } from '../../src/config.ts';
import { START } from '../../src/domain/kernel/position.ts';
import type { EmailTransport } from '../../src/ports/email-transport.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { ReadStore } from '../../src/ports/read-store.ts';
import { openShop, saleOf, type Shop } from './routes/support/shop.ts';
import { keyOf, newKey } from './support/api-world.ts';

/** Made up for this test, and of the forms that keys and passwords have outside. */
const HEADERS = {
  apiKey: 'sk_live_4Xq9planted01Key',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkMDIifQ.cGxhbnRlZDAycGxhbnRlZDAy',
  basic: 'cGxhbnRlZDAzOnBhc3N3b3JkLTAz',
  cookie: 'planted04cookie8f31',
  proxy: 'cGxhbnRlZDA1OnByb3h5LXBhc3M',
  xApiKey: 'planted06xapikey77',
  agent: 'token=planted07agentsecret',
} as const;
const QUERIES = {
  queryToken: 'planted08querytoken',
  queryPassword: 'planted09querypass',
  queryKey: 'AKIAPLANTED10QUERY12',
} as const;
const BODIES = {
  password: 'planted11 wet umbrellas',
  wrongPassword: 'planted12 not the password',
  pin: '5834 planted13',
  refresh: 'eyJhbGciOiJub25lIn0.eyJqdGkiOiJwbGFudGVkMTQifQ.cGxhbnRlZDE0cGxhbnRlZDE0',
  invitation: 'inv_a_planted15planted15_planted15planted15',
  card: '4111 1111 1111 1111',
  cardPlain: '5555555555554444',
  cvv: 'cvv: 9173planted16',
  broken: 'planted17brokenjson',
  setting: 'whsec_planted18settingvalue',
  newPassword: 'planted19 dry umbrellas',
} as const;
const ERRORS = {
  mongo: 'mongodb://till:planted20mongo@db.internal:27017/shop',
  redis: 'redis://:planted21redis@cache.internal:6379',
  esdb: 'esdb://admin:planted22esdb@log.internal:2113?tls=false',
  smtpPassword: 'password=planted23smtp',
  providerToken: 'Bearer planted24providertoken',
  pem: '-----BEGIN RSA PRIVATE KEY-----\nplanted25privatekey\n-----END RSA PRIVATE KEY-----',
  setCookie: 'Set-Cookie: session=planted26session; HttpOnly',
} as const;
const SETTINGS = {
  MONGO_URL: 'mongodb://planted27:planted27@host',
  ENCRYPTION_KEYS: '{"key_1":"planted28masterkey"}',
  PAYMENT_PROVIDER_KEY: `planted29${'x'.repeat(1_000)}`,
  SMS_TOKEN: 'planted30 with a space',
} as const;

/** What is searched for: the secret itself, and its part that no form around it shows. */
const PLANTED = [
  ...Object.values({ ...HEADERS, ...QUERIES, ...BODIES }),
  ...Array.from({ length: 30 }, (_, i) => `planted${String(i + 1).padStart(2, '0')}`),
];

function found(text: string): string[] {
  return PLANTED.filter((secret) => text.includes(secret));
}

const textOf = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));

/** A driver whose errors quote what it was opened with. */
function failing<T extends object>(target: T, method: keyof T, text: string, isOn: () => boolean) {
  const fail = () => Promise.reject(new Error(`connect failed: ${text}`));
  const call = target[method] as (...args: unknown[]) => unknown;
  const methods = {
    [method]: (...args: unknown[]) => (isOn() ? fail() : call.apply(target, args)),
  };
  return Object.assign(Object.create(target) as T, methods);
}

describe('Secrets', () => {
  const exporter = new InMemorySpanExporter();
  let shop: Shop;
  let folder: string;
  let responses: string[];
  const down = { log: false, reads: false };

  beforeAll(async () => {
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
    folder = mkdtempSync(join(tmpdir(), 'redaction-'));
    responses = [];
    const email: EmailTransport = {
      send: () =>
        Promise.resolve({
          ...{ outcome: 'failed', failureClass: 'permanent', code: 'smtp_535' },
          reason: 'The server refused the login.',
          detail: `535 ${ERRORS.smtpPassword}; ${ERRORS.providerToken}; ${ERRORS.setCookie}`,
        }),
      close: () => Promise.resolve(),
    };
    const tracer = createSystemTracer();
    if (!tracer) throw new Error('expected spans to be recorded');
    shop = await openShop({
      metrics: createSystemMetrics({ runtime: false }),
      tracer,
      transports: { email, auditFiles: createDayFiles(folder) },
      wrapLog: (log: EventLog) =>
        failing(log, 'append', `${ERRORS.esdb} ${ERRORS.pem}`, () => down.log),
      wrapReadStore: (store: ReadStore) =>
        failing(store, 'commit', `${ERRORS.mongo} ${ERRORS.redis}`, () => down.reads),
    });
  });
  afterAll(async () => {
    await shop.stop();
    rmSync(folder, { recursive: true, force: true });
    trace.disable();
  });

  async function send(method: string, path: string, options: Parameters<Shop['world']['call']>[2]) {
    const headers = { 'idempotency-key': newKey(), ...options?.headers };
    const answer = await shop.world.call(method, path, { ...options, headers });
    responses.push(`${textOf(Object.fromEntries(answer.headers))}\n${answer.text}`);
    return answer.status;
  }

  it('reach the system through headers and queries', async () => {
    const header = (headers: Record<string, string>) =>
      send('GET', '/orders', { key: null, headers });
    const sale = { json: saleOf(1_000), headers: { 'User-Agent': HEADERS.agent } };
    const statuses = [
      await send('GET', '/orders', { key: HEADERS.apiKey }),
      await send('GET', '/orders', { key: HEADERS.jwt }),
      await header({ Authorization: `Basic ${HEADERS.basic}` }),
      await header({ Cookie: `session=${HEADERS.cookie}` }),
      await header({ 'Proxy-Authorization': `Basic ${HEADERS.proxy}` }),
      await header({ 'X-Api-Key': HEADERS.xApiKey }),
      await send('POST', '/orders', sale),
      await send('GET', `/orders?token=${QUERIES.queryToken}`, {}),
      await send('GET', `/orders?password=${QUERIES.queryPassword}`, {}),
      await send('GET', `/no/such/path?key=${QUERIES.queryKey}`, {}),
    ];

    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 202, 400, 400, 404]);
  });

  it('reach the system through bodies', async () => {
    const admin = keyOf('a', 'admin');
    const user = { email: 'ana@shop.example', firstName: 'Ana', roles: [{ role: 'manager' }] };
    const login = (password: string) =>
      send('POST', '/auth/login', {
        key: null,
        json: { email: user.email, password, storeId: 'a' },
      });
    const order = (more: object) => send('POST', '/orders', { json: { ...saleOf(100), ...more } });
    const payment = { method: 'card', amountMinor: 100, currency: 'USD' };
    const statuses = [
      await send('POST', '/users', { key: admin, json: { ...user, password: BODIES.password } }),
      await login(BODIES.wrongPassword),
      await login(BODIES.pin),
      await send('POST', '/auth/refresh', { key: null, json: { refreshToken: BODIES.refresh } }),
      await send('POST', '/auth/register', {
        key: null,
        json: { token: BODIES.invitation, password: BODIES.newPassword, firstName: 'Bea' },
      }),
      await order({ cardNumber: BODIES.card }),
      await order({ payments: [{ ...payment, cvv: BODIES.cvv, card: BODIES.cardPlain }] }),
      await send('POST', '/orders', {
        raw: `{"secret":"${BODIES.broken}`,
        headers: { 'content-type': 'application/json' },
      }),
      await send('PUT', '/system/configuration/webhook', {
        key: admin,
        json: { value: BODIES.setting },
      }),
    ];

    expect(statuses).toEqual([201, 401, 401, 401, 401, 400, 400, 400, 400]);
  });

  it('reach the system through errors of drivers and servers', async () => {
    const from = shop.world.lines.length;
    down.log = true;
    expect(await send('POST', '/orders', { json: saleOf(1_000) })).toBeGreaterThanOrEqual(500);
    down.log = false;
    down.reads = true;
    expect(await send('POST', '/orders', { json: saleOf(1_000) })).toBe(202);
    await shop.world.untilLogged('connect failed', from);
    down.reads = false;
    const message = {
      ...{ channel: 'email', priority: 'NORMAL', recipient: 'marta@example.org' },
      content: { subject: 'Your table', text: 'Ready at eight.' },
    };
    expect(await send('POST', '/deliveries', { json: message })).toBe(202);
    expect(shop.world.lines.slice(from).join('')).toContain('[redacted]');
  }, 60_000);

  it('reach the system through its configuration', () => {
    for (const [name, value] of Object.entries(SETTINGS)) {
      const broken = () => readConfig({ [name]: value });
      expect(broken).toThrow(name);
      expect(broken).not.toThrow('planted');
    }
  });

  it('are in no response, log line, event, metric, trace, audit record or document', async () => {
    await shop.world.caughtUp();
    const operator = { key: keyOf('a', 'operator') };
    const pages = ['/audit?limit=100', '/deliveries', '/history', '/orders', '/alerts'];
    const manager = { key: keyOf('a', 'manager') };
    for (const path of pages) expect(await send('GET', path, manager)).toBe(200);
    expect(await send('GET', '/health/detailed', operator)).toBe(200);
    expect(await send('GET', '/metrics', operator)).toBe(200);
    const { events } = await shop.world.log.readAll({ after: START, limit: 1_000 });
    expect(events.length).toBeGreaterThan(5);
    const spans = exporter.getFinishedSpans().map((span) => {
      const { name, attributes, status, events: notes } = span;
      return { name, attributes, status, notes };
    });
    expect(spans.length).toBeGreaterThan(50);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

    expect({
      responses: found(responses.join('\n')),
      lines: found(shop.world.lines.join('\n')),
      events: found(textOf(events)),
      spans: found(textOf(spans)),
      files: found(files.join('\n')),
    }).toEqual({ responses: [], lines: [], events: [], spans: [], files: [] });
  });
});
