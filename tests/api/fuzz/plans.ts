import { gzipSync } from 'node:zlib';

import { KindGuard } from '@sinclair/typebox';
import fc, { type Arbitrary } from 'fast-check';

import type { Route } from '../../../src/api/route.ts';
import { takesBody } from '../../../src/api/validation/request-check.ts';
import { rolesWith } from '../../../src/domain/kernel/permissions.ts';
import { token, valueFor } from './arbitraries.ts';
import { HOSTILE_HEADERS, HOSTILE_QUERIES, HOSTILE_SEGMENTS, OTHER_METHODS } from './attacks.ts';
import { HOSTILE_TEXTS, hostileValues, spoiled, withRawPieces } from './hostile.ts';
import { authorization, type Delivery, type Headers, type Plan } from './plan.ts';

const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const MAX_BODY = 1_048_576;

type Signatures = Arbitrary<(shop: Plan['shop']) => Headers>;

/** A request as a well-behaved client would send it. */
function goodPlans(route: Route, signatures: Signatures): Arbitrary<Plan> {
  const shops = fc.constantFrom('a' as const, 'b' as const);
  const keys = fc.oneof(
    { weight: 8, arbitrary: fc.constant(token('n')) },
    { weight: 1, arbitrary: fc.nat(9).map((index) => `again-${route.operationId}-${index}`) },
    { weight: 1, arbitrary: fc.nat(9).map((index) => `anywhere-${index}`) },
  );
  const targets = fc.tuple(pathsOf(route), queriesOf(route));
  const bodies = takesBody(route) ? bodiesOf(route) : fc.constant(undefined);
  const extras = goodHeaders(route);
  return fc
    .tuple(shops, signatures, keys, targets, bodies, extras)
    .map(([shop, signed, key, [path, query], body, more]) => ({
      operationId: route.operationId,
      about: 'as documented',
      shop,
      method: route.method.toUpperCase(),
      target: path + query,
      headers: [
        ...signed(shop),
        ...(route.write ? [['Idempotency-Key', key] as const] : []),
        ...(body === undefined ? [] : [JSON_TYPE]),
        ...more,
      ],
      ...(body !== undefined && { body: withRawPieces(JSON.stringify(body)) }),
      delivery: 'whole' as const,
    }));
}

/** Keys of the shops file, which may ask for it in every branch. */
function keysFor({ permission }: Route): Signatures {
  if (permission === 'public') return fc.constant(() => []);
  return fc
    .constantFrom(...rolesWith(permission))
    .map((role) => (shop) => [authorization(shop, role)]);
}

/** How a caller proves who it is: a key of the shops file, or what it has signed in with. */
function signaturesFor(route: Route): Signatures {
  const { permission } = route;
  if (permission === 'public') return keysFor(route);
  const bearer = (name: string) =>
    fc.nat(9).map((index) => () => [['Authorization', `Bearer ${token(name, index)}`] as const]);
  const [forUsers, forDevices] = [permission === 'profile:own', permission === 'devices:sign-in'];
  return fc.oneof(
    { weight: forUsers || forDevices ? 1 : 12, arbitrary: keysFor(route) },
    { weight: forUsers ? 12 : 3, arbitrary: bearer('jwt') },
    { weight: 1, arbitrary: bearer('device-jwt') },
    { weight: forDevices ? 12 : 1, arbitrary: bearer('device') },
  );
}

function bodiesOf(route: Route): Arbitrary<unknown> {
  if (!route.body) return fc.constant({});
  const drawn = valueFor(route.body);
  if (route.example === undefined) return drawn;
  const example = JSON.parse(JSON.stringify(route.example).replaceAll('EUR', 'USD')) as unknown;
  return fc.oneof(drawn, fc.constant(example));
}

const PROJECTIONS = ['order-list', 'order-details', 'payments', 'debts', 'customer-accounts'];

/** Parameters that responses tell under another name. */
const TOLD_AS: Readonly<Record<string, string>> = {
  attemptId: 'paymentId',
  personId: 'customerId',
};

function pathsOf({ path, params }: Route): Arbitrary<string> {
  const schemas = params && KindGuard.IsObject(params) ? params.properties : {};
  const steps = path.split('/').map((step) => {
    if (!step.startsWith(':')) return fc.constant(step);
    if (step === ':event') return fc.constantFrom('0.0', '7.7', 'no-such-event');
    if (step === ':name') return fc.constantFrom(...PROJECTIONS);
    const name = step.slice(1);
    const schema = schemas[name];
    if (!schema) throw new Error(`expected a schema of ${name} in ${path}`);
    return valueFor(schema, TOLD_AS[name] ?? name).map(asSent);
  });
  return fc.tuple(...steps).map((parts) => parts.join('/'));
}

function queriesOf({ query }: Route): Arbitrary<string> {
  if (!query || !KindGuard.IsObject(query)) return fc.constant('');
  return valueFor(query).map((values) => {
    const pairs = Object.entries(values as Record<string, unknown>).map(
      ([name, value]) => `${name}=${asSent(value)}`,
    );
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  });
}

/** Percent-encoded, but for the tokens in it. */
function asSent(value: unknown): string {
  return encodeURIComponent(String(value)).replaceAll(/%7B%7B|%7D%7D|%3A/g, decodeURIComponent);
}

function goodHeaders(route: Route): Arbitrary<Headers> {
  const position = fc
    .nat(1_000)
    .map((at) => ['Tillstream-Position', token('position', at)] as const);
  const revision = fc
    .nat(5)
    .map((at) => [route.write ? 'If-Match' : 'If-None-Match', `"${at}"`] as const);
  const device = fc.constant(['X-Device-Id', 'till-1'] as const);
  const wanted = route.method === 'get' ? fc.oneof(position, revision) : fc.oneof(revision, device);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: wanted.map((one) => [one]) },
  );
}

type Change = (plan: Plan) => Plan;

const withHeader = (plan: Plan, name: string, value: string | undefined): Plan => ({
  ...plan,
  headers: [
    ...plan.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase()),
    ...(value === undefined ? [] : [[name, value] as const]),
  ],
});

const callers = (route: Route): Arbitrary<Change> =>
  fc
    .constantFrom(
      undefined,
      '',
      'Bearer',
      'Bearer  ',
      'Bearer nobody',
      'Basic YTpi',
      'bearer \u00e9',
    )
    .map((value) => (plan: Plan) => ({
      ...withHeader(plan, 'Authorization', value),
      about: `authorization ${JSON.stringify(value)}`,
      ...(route.permission !== 'public' && { expects: 'unauthenticated' as const }),
    }));

const badTokens = (route: Route): Arbitrary<Change> =>
  fc
    .constantFrom(
      ['no algorithm', 'eyJhbGciOiJub25lIn0.e30.x'],
      ['another signature', `${token('jwt')}x`],
      ['a refresh token', token('refresh')],
      ['an oversized token', `${'x'.repeat(500)}.${'y'.repeat(500)}.z`],
    )
    .map(([about, text]) => (plan: Plan) => ({
      ...withHeader(plan, 'Authorization', `Bearer ${text}`),
      about: `a token: ${about}`,
      ...(route.permission !== 'public' && { expects: 'invalid_token' as const }),
    }));

const wrongTexts: readonly (readonly [string, (text: string) => string | Buffer])[] = [
  ['half of the JSON', (text) => text.slice(0, Math.ceil(text.length / 2))],
  ['JSON and more', (text) => `${text}x`],
  ['single quotes', (text) => text.replaceAll('"', "'")],
  ['not a number', () => '{"amountMinor":NaN}'],
  ['a comment', (text) => `/* */${text}`],
  [
    'bytes that are not UTF-8',
    (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text)]),
  ],
  ['UTF-16', (text) => Buffer.from(text, 'utf16le')],
  ['brackets without end', () => '['.repeat(200_000)],
];

const brokenBodies: Arbitrary<Change> = fc
  .constantFrom(...wrongTexts)
  .map(([about, spoil]) => (plan) => ({
    ...plan,
    about,
    body: spoil(textOf(plan)),
  }));

const oddBodies: Arbitrary<Change> = fc
  .constantFrom<readonly [string, (text: string) => string]>(
    ['an empty body', () => ''],
    ['null', () => 'null'],
    ['a text', () => '"text"'],
    ['a number', () => '1'],
    ['a list', () => '[]'],
    ['a name twice', (text) => text.replace('{', '{"currency":"EUR","currency":"JPY",')],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['white space around', (text) => ` \n\t${text}\r\n `],
    ['a body past the limit', () => `{"a":"${'x'.repeat(MAX_BODY)}"}`],
  )
  .map(([about, make]) => (plan) => ({ ...plan, about, body: make(textOf(plan)) }));

const textOf = ({ body }: Plan): string => (typeof body === 'string' ? body : '{}');

/** A raw route looks for its address before it reads a body. */
const mediaTypes = ({ raw }: Route): Arbitrary<Change> =>
  fc
    .constantFrom(
      undefined,
      'text/plain',
      'application/json; charset=utf-16',
      'application/json; charset=latin1',
      'application/json, application/json',
      'application/json; x="',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      `application/${'j'.repeat(2_000)}`,
    )
    .map((type) => (plan) => ({
      ...withHeader(plan, 'Content-Type', type),
      about: `content type ${type?.slice(0, 50) ?? 'missing'}`,
      ...(plan.body !== undefined && !raw && { expects: 'unsupported_media_type' as const }),
    }));

const encodings: Arbitrary<Change> = fc
  .tuple(fc.constantFrom('gzip', 'br', 'identity', 'deflate', 'gzip, gzip', 'x'), fc.boolean())
  .map(([encoding, zipped]) => (plan) => ({
    ...withHeader(plan, 'Content-Encoding', encoding),
    about: `content encoding ${encoding}`,
    ...(plan.body !== undefined && { body: zipped ? gzipSync(plan.body) : plan.body }),
  }));

const headerAttacks: Arbitrary<Change> = fc
  .constantFrom(...HOSTILE_HEADERS)
  .map(([name, value]) => (plan) => ({
    ...withHeader(plan, name, value),
    about: `header ${name}: ${value?.slice(0, 40) ?? 'missing'}`,
  }));

const doubled: Arbitrary<Change> = fc.nat(9).map((at) => (plan) => {
  const again = plan.headers[at % Math.max(1, plan.headers.length)];
  return {
    ...plan,
    about: `${again?.[0]} twice`,
    headers: [...plan.headers, ...(again ? [again] : [])],
  };
});

const segments: Arbitrary<Change> = fc
  .tuple(fc.constantFrom(...HOSTILE_SEGMENTS), fc.nat(5))
  .map(([segment, at]) => (plan) => {
    const [path = '', ...query] = plan.target.split('?');
    const steps = path.split('/');
    steps[1 + (at % Math.max(1, steps.length - 1))] = segment;
    return {
      ...plan,
      about: `path with ${JSON.stringify(segment.slice(0, 30))}`,
      target: [steps.join('/'), ...query].join('?'),
    };
  });

/** As a browser does it: a lone surrogate becomes a replacement character. */
const percentEncoded = (text: string): string =>
  new URLSearchParams({ '': text }).toString().slice(1);

const hostileCursors = fc
  .tuple(hostileValues, hostileValues)
  .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url').slice(0, 4_000));

const queryAttacks: Arbitrary<Change> = fc
  .oneof(
    fc.constantFrom(...HOSTILE_QUERIES),
    hostileCursors.map((cursor) => `cursor=${cursor}`),
    fc
      .tuple(
        fc.constantFrom(
          'limit',
          'cursor',
          'from',
          'to',
          'status',
          'customerId',
          'asOf',
          'position',
          'day',
        ),
        fc.constantFrom(...HOSTILE_TEXTS.map((text) => percentEncoded(text))),
      )
      .map((pair) => pair.join('=').slice(0, 8_000)),
  )
  .map((query) => (plan) => ({
    ...plan,
    about: `query ${query.slice(0, 40)}`,
    target: `${plan.target}${plan.target.includes('?') ? '&' : '?'}${query}`,
  }));

const methods: Arbitrary<Change> = fc.constantFrom(...OTHER_METHODS).map((method) => (plan) => ({
  ...plan,
  about: `method ${method}`,
  method,
}));

const deliveries: Arbitrary<Change> = fc
  .constantFrom<Delivery>('chunked', 'expect-continue', 'in-pieces', 'cut-off')
  .map((delivery) => (plan) => ({ ...plan, about: `delivered ${delivery}`, delivery }));

/** Requests to one route: a third as documented, the others with one thing wrong with them. */
export function plansFor(route: Route): Arbitrary<Plan> {
  const good = goodPlans(route, signaturesFor(route));
  // Where an error is certain, the caller must be one that may ask.
  const permitted = goodPlans(route, keysFor(route));
  const attack = (changes: Arbitrary<Change>, on = good) =>
    fc.tuple(on, changes).map(([plan, change]) => change(plan));
  const spoiledBodies = spoiled(bodiesOf(route)).map((body) => (plan: Plan) => ({
    ...plan,
    about: 'a spoiled body',
    body: withRawPieces(JSON.stringify(body)),
  }));
  const onBodies = takesBody(route)
    ? [
        { weight: 10, arbitrary: attack(spoiledBodies) },
        { weight: 2, arbitrary: attack(brokenBodies) },
        { weight: 2, arbitrary: attack(oddBodies) },
        { weight: 1, arbitrary: attack(mediaTypes(route), permitted) },
        { weight: 1, arbitrary: attack(encodings) },
      ]
    : [];
  return fc.oneof(
    { weight: 12, arbitrary: good },
    ...onBodies,
    { weight: 1, arbitrary: attack(callers(route)) },
    { weight: 1, arbitrary: attack(badTokens(route)) },
    { weight: 3, arbitrary: attack(headerAttacks) },
    { weight: 1, arbitrary: attack(doubled) },
    { weight: 3, arbitrary: attack(segments) },
    { weight: 4, arbitrary: attack(queryAttacks) },
    { weight: 1, arbitrary: attack(methods) },
    { weight: 2, arbitrary: attack(deliveries) },
  );
}
