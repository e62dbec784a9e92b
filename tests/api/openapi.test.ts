import { runInNewContext } from 'node:vm';

import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

import type { Route } from '../../src/api/route.ts';
import { registerFormats } from '../../src/api/validation/formats.ts';
import { strictSchema } from '../../src/api/validation/strict-schema.ts';
import { ERRORS } from '../../src/domain/kernel/errors.ts';
import { features } from '../../src/features/index.ts';
import { type ApiWorld, openWorld } from './support/api-world.ts';

type Json = Record<string, unknown>;

interface Operation extends Json {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Json[];
  parameters: (Json & { name?: string; in?: string; required?: boolean; $ref?: string })[];
  requestBody?: { content: Record<string, { schema: Json; example?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, Json> }>;
}

interface Document extends Json {
  openapi: string;
  info: Json;
  servers: Json[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, Json>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Every object in the document, with the pointer to it. */
function* parts(value: unknown, at = '#'): Generator<[string, Json]> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield [at, value as Json];
  for (const [name, part] of Object.entries(value)) {
    yield* parts(part, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

function resolve(document: Document, ref: string): unknown {
  const steps = ref.slice(2).split('/');
  let found: unknown = document;
  for (const step of steps) {
    found = (found as Json | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return found;
}

describe('the OpenAPI document', () => {
  let world: ApiWorld;
  let document: Document;
  let operations: [string, string, Operation][];
  let routes: readonly Route[];

  beforeAll(async () => {
    world = await openWorld({ features });
    document = (await world.call('GET', '/openapi.json', { key: null })).body as Document;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) => [path, method, operation] as [string, string, Operation],
      ),
    );
    ({ routes } = world.api);
  });
  afterAll(() => world.stop());

  it('is OpenAPI 3.1 with a relative server and the product named', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Tillstream', version: '0.0.0-test' });
    expect(document.servers).toEqual([{ url: '/' }]);
    expect(document.components['securitySchemes']).toMatchObject({
      apiKey: { type: 'http', scheme: 'bearer' },
    });
  });

  it('has every route that is served, and no other', () => {
    const served = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(served.length).toBeGreaterThan(20);
    expect(operations.map(([path, method]) => `${method} ${path}`).sort()).toEqual(served.sort());
  });

  it('refers only to what it has', () => {
    const refs = [...parts(document)]
      .map(([, part]) => part['$ref'])
      .filter((ref): ref is string => typeof ref === 'string');
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of new Set(refs)) {
      expect(ref).toMatch(/^#\/components\//);
      expect([ref, resolve(document, ref)]).toEqual([ref, expect.any(Object)]);
    }
  });

  it('names each operation once and says what it does and who may', () => {
    const ids = operations.map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, method, operation] of operations) {
      expect(METHODS).toContain(method);
      expect([path, operation.operationId]).toEqual([path, expect.stringMatching(/^[a-z]\w+$/)]);
      expect(operation.summary).not.toBe('');
      expect(operation.description).toMatch(/(Public|Needs `[a-z-]+:[a-z-]+`: [a-z, ]+)\.$/);
      expect(operation.tags).toHaveLength(1);
    }
  });

  it('declares exactly the parameters that stand in each path', () => {
    for (const [path, , { parameters }] of operations) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }) => name)).toEqual(names);
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      const places = parameters.map((one) => one.$ref ?? `${String(one.in)} ${String(one.name)}`);
      expect(new Set(places).size).toBe(places.length);
    }
  });

  it('asks every write for its key and answers it with every status that can come', () => {
    const writes = routes.filter(({ write }) => write);
    expect(writes.length).toBeGreaterThan(5);
    for (const { operationId, body } of writes) {
      const [, , operation] = operations.find(([, , one]) => one.operationId === operationId) ?? [];
      const refs = operation?.parameters.map(({ $ref }) => $ref);
      expect(refs).toContain('#/components/parameters/IdempotencyKey');
      const ofBody = body ? ['413', '415'] : [];
      expect(Object.keys(operation?.responses ?? {})).toEqual(
        expect.arrayContaining(['400', '401', '403', '409', '412', ...ofBody, '422', '503']),
      );
    }
  });

  it('gives every operation a success and problems with known codes', () => {
    for (const [, , { operationId, responses }] of operations) {
      const statuses = Object.keys(responses).map(Number);
      expect([operationId, statuses.filter((one) => one < 300).length]).toEqual([operationId, 1]);
      for (const [status, response] of Object.entries(responses)) {
        expect(response.description).not.toBe('');
        const problem = response.content?.['application/problem+json'];
        if (!problem) continue;
        for (const [code, example] of Object.entries(problem['examples'] as Json)) {
          expect(Object.keys(ERRORS)).toContain(code);
          const { value } = resolve(document, String((example as Json)['$ref'])) as { value: Json };
          expect(value).toMatchObject({
            code,
            status: Number(status),
          });
        }
      }
    }
  });

  it('holds schemas of JSON Schema only, each with a type or a combination', () => {
    const words = ['type', 'anyOf', 'allOf', 'oneOf', 'const', 'enum', '$ref', 'not'];
    const schemas = [...parts(document)].filter(([at]) => /\/(schema|schemas\/\w+)$/.test(at));
    expect(schemas.length).toBeGreaterThan(50);
    for (const [at, schema] of schemas) {
      const isAnything = Object.keys(schema).every((name) => name === 'description');
      const says = words.some((word) => word in schema) || isAnything;
      expect([at, says]).toEqual([at, true]);
    }
    expect(JSON.stringify(document)).not.toContain('"$id"');
  });

  it('names the schemas that people speak of', () => {
    const names = Object.keys(document.components['schemas'] ?? {});
    expect(names).toEqual(
      expect.arrayContaining([
        ...['Order', 'OrderRow', 'Customer', 'Payment', 'Debt', 'StatementLine', 'DailySales'],
      ]),
    );
  });

  it('lists the values of every closed text as an enum', () => {
    const choices = [...parts(document)].filter(
      ([, { anyOf }]) =>
        Array.isArray(anyOf) && anyOf.every((one: Json) => typeof one['const'] === 'string'),
    );
    expect(choices).toEqual([]);
    const order = document.components['schemas']?.['Order'] as { properties: Record<string, Json> };
    expect(order.properties['status']?.['enum']).toContain('CONFIRMED');
  });

  it('declares the headers of a response where they are sent', async () => {
    const sent = async (operationId: string, method: string, path: string, json?: unknown) => {
      const key = { 'Idempotency-Key': operationId };
      const { status, headers, body } = await world.call(method, path, { json, headers: key });
      const [, , operation] = operations.find(([, , one]) => one.operationId === operationId) ?? [];
      const declared = Object.keys(
        (operation?.responses[String(status)] as { headers?: Json } | undefined)?.headers ?? {},
      );
      // Sent only for a repeat, and only where requests are counted.
      const optional = ['Tillstream-Repeated', 'RateLimit', 'RateLimit-Policy'];
      const relevant = ['Tillstream-Position', 'ETag', 'Location'];
      expect({
        operationId,
        status,
        declared: declared.filter((name) => !optional.includes(name)),
      }).toEqual({
        ...{ operationId, status },
        declared: ['X-Correlation-Id', ...relevant.filter((name) => headers.has(name))],
      });
      return body;
    };
    const example = (id: string) => routes.find((one) => one.operationId === id)?.example;
    const { orderId } = await sent('placeOrder', 'POST', '/orders', example('placeOrder'));
    const { customerId } = await sent('openAccount', 'POST', '/customers', example('openAccount'));
    await world.caughtUp();
    await sent('getOrder', 'GET', `/orders/${String(orderId)}`);
    await sent('listOrders', 'GET', '/orders');
    await sent('getCustomer', 'GET', `/customers/${String(customerId)}`);
    await sent('listCustomers', 'GET', '/customers');
    await sent('cancelOrder', 'POST', `/orders/${String(orderId)}/cancel`, example('cancelOrder'));
  });

  it('begins with the orders', () => {
    const tags = (document as unknown as { tags: { name: string }[] }).tags;
    expect(tags.map(({ name }) => name).slice(0, 3)).toEqual(['Orders', 'Payments', 'Customers']);
  });

  it('closes every object of a request', () => {
    for (const [, , { requestBody }] of operations) {
      const schema = requestBody?.content['application/json']?.schema;
      if (schema?.['type'] !== 'object') continue;
      expect(schema).toHaveProperty('additionalProperties');
    }
  });

  it('shows an example for every body, which fits its schema', () => {
    registerFormats();
    for (const { operationId, body, example } of routes.filter((one) => one.body)) {
      const check = TypeCompiler.Compile(strictSchema(body ?? Type.Never()));
      const first = check.Errors(example).First();
      expect([operationId, first?.path, first?.message]).toEqual([
        operationId,
        undefined,
        undefined,
      ]);
    }
  });
});

describe('the documentation pages', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stop());

  const page = async (path: string) => world.call('GET', path, { key: null });

  it('load all they need from here and run nothing inline', async () => {
    const docs = await page('/docs');
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(docs.text).not.toMatch(/https?:\/\//);
    expect(docs.text).not.toMatch(/<script>|<style>|\son\w+=/);
    const assets = [...docs.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(assets).toHaveLength(4);
    for (const asset of assets) {
      const { status, headers, text } = await page(asset);
      expect([asset, status]).toEqual([asset, 200]);
      expect(text.length).toBeGreaterThan(100);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toMatch(/javascript|css|png/);
    }
  });

  it('have a policy under which the viewer works and nothing else does', async () => {
    const { headers } = await page('/docs');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("script-src 'self' 'unsafe-inline'");
    expect(policy).not.toMatch(/https?:/);
    expect(policy).not.toContain('upgrade-insecure-requests');
  });

  it('ask no other host to validate the document', async () => {
    const { text } = await page('/docs/assets/init.js');
    expect(text).toContain('validatorUrl: null');
    expect(text).toContain("fetch('/openapi.json')");
  });

  it('let an operation be tried at the first click', async () => {
    const shown = (await page('/openapi.json')).body as unknown as Document;
    const examples = Object.values(shown.components['parameters'] ?? {}).filter(
      (parameter) => 'example' in parameter || 'examples' in parameter,
    );
    expect(examples).toEqual([]);
    const { text } = await page('/docs/assets/init.js');
    const viewer = await runInit(text, shown);
    expect(viewer.spec.components['parameters']?.['IdempotencyKey']?.['required']).toBe(false);
    const tried = () => viewer.requestInterceptor({ method: 'POST', headers: {} }).headers;
    const [first, second] = [tried()['Idempotency-Key'], tried()['Idempotency-Key']];
    expect(first).toMatch(/^try-[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
    const own = { method: 'POST', headers: { 'Idempotency-Key': 'mine' } };
    expect(viewer.requestInterceptor(own).headers['Idempotency-Key']).toBe('mine');
    const read = viewer.requestInterceptor({ method: 'GET', headers: {} });
    expect(read.headers).toEqual({});
  });

  it('are where the address of the server leads', async () => {
    const answer = await fetch(`${world.url}/`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('show what a query returns, with a key that stays in the tab', async () => {
    const view = await page('/docs/view');
    expect(view.status).toBe(200);
    expect(view.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(view.text).not.toMatch(/<script>|\son\w+=|https?:\/\//);
    const { text, status } = await page('/docs/assets/view.js');
    expect(status).toBe(200);
    expect(text).not.toMatch(/localStorage|cookie|innerHTML/);
    const seen = await runView(text, '#//elsewhere.example/steal', 'secret');
    expect(seen).toEqual([{ path: '/orders', authorization: 'Bearer secret' }]);
    const wanted = await runView(text, '#/customers?limit=2', 'secret');
    expect(wanted).toEqual([{ path: '/customers?limit=2', authorization: 'Bearer secret' }]);
    expect(await runView(text, '#/orders', undefined)).toEqual([]);
  });

  it('serve nothing else out of the viewer package', async () => {
    for (const file of ['package.json', 'swagger-ui.js.map', '..%2Fpackage.json', 'index.html']) {
      expect([file, (await page(`/docs/assets/${file}`)).status]).toEqual([file, 404]);
    }
  });

  it('explain every code where docUrl leads', async () => {
    const { status, text } = await page('/docs/errors');
    expect(status).toBe(200);
    for (const code of Object.keys(ERRORS)) expect(text).toContain(`<tr id="${code}">`);
    expect(text).toContain('Send <code>Authorization: Bearer &lt;key></code> with a key');
    expect(text).toContain('See read your own writes.');
  });
});

interface Viewer {
  readonly spec: Document;
  requestInterceptor(request: { method: string; headers: Record<string, string> }): {
    readonly headers: Record<string, string>;
  };
}

/** Runs the script of the page as a browser would, up to the call of the viewer. */
function runInit(script: string, document: Document): Promise<Viewer> {
  return new Promise((resolve) => {
    const response = { json: () => Promise.resolve(structuredClone(document)) };
    const browser = {
      fetch: () => Promise.resolve(response),
      SwaggerUIBundle: resolve,
      crypto,
      window: {},
    };
    runInNewContext(script, browser);
  });
}

/** Runs the page of one query with an address and a stored key. @returns what it asks for. */
async function runView(script: string, hash: string, key: string | undefined) {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const part = { addEventListener: () => undefined, textContent: '', hidden: false, value: '' };
  runInNewContext(script, {
    URL,
    location: { hash, origin: 'http://shop.example' },
    document: { getElementById: () => part },
    sessionStorage: { getItem: () => key ?? null },
    addEventListener: () => undefined,
    fetch(path: string, { headers }: { headers: Record<string, string> }) {
      asked.push({ path, authorization: headers['authorization'] });
      return Promise.resolve({ status: 200, json: () => Promise.resolve({}) });
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  return asked;
}
