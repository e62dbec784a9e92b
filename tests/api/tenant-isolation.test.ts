import { KindGuard } from '@sinclair/typebox';

import type { Route } from '../../src/api/route.ts';
import { alertDecider } from '../../src/domain/alerts/index.ts';
import { BUILT_IN } from '../../src/domain/field-mappings/index.ts';
import type { RecordedEvent } from '../../src/domain/kernel/event.ts';
import { streamName } from '../../src/domain/kernel/names.ts';
import { rolesWith } from '../../src/domain/kernel/permissions.ts';
import { formatPosition } from '../../src/domain/kernel/position.ts';
import { START } from '../../src/domain/kernel/position.ts';
import { PROCESS_CATEGORY, processId } from '../../src/domain/kernel/processes/events.ts';
import { noticeDecider } from '../../src/domain/payment-notices/index.ts';
import { usageDecider, usageIdOf } from '../../src/domain/provider-usage/index.ts';
import { entityDecider, factDecider } from '../../src/domain/sync/index.ts';
import { webhookDecider } from '../../src/domain/webhooks/index.ts';
import { features } from '../../src/features/index.ts';
import { readProjectFile } from '../architecture/project-files.ts';
import { type Answer, type ApiWorld, keyOf, newKey, openWorld } from './support/api-world.ts';

/** Every route of the product but those that are open to all: the test follows the table. */
const table: readonly Route[] = features
  .flatMap((feature) => feature.routes)
  .filter(({ permission }) => permission !== 'public');

const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);
const hasParams = ({ path }: Route) => path.includes(':');
/** Of the system, or of the caller alone: an API key has no profile, and is no device. */
const isOperation = ({ permission }: Route) =>
  ['system:operate', 'metrics:read', 'profile:own', 'devices:sign-in'].includes(permission);
const ofShops = table.filter((route) => !isOperation(route));

const changing = ofShops.filter((route) => route.method !== 'get' && hasParams(route));

const queryIds = ofShops.flatMap((route) =>
  !hasParams(route) && route.query && KindGuard.IsObject(route.query)
    ? Object.keys(route.query.properties)
        .filter((name) => name.endsWith('Id'))
        .map((name) => [`${route.path}?${name}=`, route, name] as const)
    : [],
);

const alertOfA = {
  command: {
    type: 'RaiseAlert' as const,
    data: {
      rule: 'denied-requests',
      subject: 'till-of-shop-a',
      title: 'Many requests were denied',
      severity: 'MEDIUM' as const,
      value: 100,
      threshold: 100,
      unit: 'denied requests',
      detail: '',
      runbook: 'alerts.md',
    },
  },
  context: {
    storeId: 'a',
    entityId: 'denied-requests:till-of-shop-a',
    commandId: 'raise',
    // An old alert would be escalated while the test runs.
    now: new Date().toISOString(),
    businessDay: '2026-01-01',
  },
  actor: { kind: 'system' as const, id: 'test' },
  correlationId: 'raise',
  causationId: 'raise',
};

const noticeOfA = {
  ...alertOfA,
  command: {
    type: 'ReceiveNotice' as const,
    data: { attemptId: 'attempt-of-shop-a', signedAt: new Date().toISOString() },
  },
  context: { ...alertOfA.context, entityId: 'notice-of-shop-a', commandId: 'notice' },
};

/** Nor does a caller send a webhook: its provider does. */
const webhookOfA = {
  ...alertOfA,
  command: {
    type: 'ReceiveWebhook' as const,
    data: {
      ...{ provider: 'square' as const, app: 'main', account: 'merchant-of-shop-a' },
      ...{ eventId: 'event-of-shop-a-1', eventType: 'payment.updated' },
      ...{ entityId: 'entity-of-shop-a-1', orderId: 'square-order-of-a-1' },
      ...{ isKnown: true, isSigned: true, bodySha256: '0'.repeat(64) },
    },
  },
  context: { ...alertOfA.context, entityId: 'square-event-of-shop-a-1', commandId: 'webhook' },
};

/** Facts of a device are sent under its own ids: both shops could have the same. */
const factOfA = {
  ...alertOfA,
  command: {
    type: 'SetFactAside' as const,
    data: {
      ...{ deviceId: 'device-of-shop-a-1', code: 'invalid_fact', detail: 'no fact' },
      raw: '"sent-by-the-device-of-shop-a"',
    },
  },
  context: { ...alertOfA.context, entityId: 'fact-of-shop-a-000001', commandId: 'fact' },
};

/** The product counts the calls to providers by itself. */
const callsOfA = (day: string) => ({
  ...alertOfA,
  command: {
    type: 'CountProviderCalls' as const,
    data: {
      ...{ provider: 'square' as const, day, hour: 0, calls: 3, reads: 3 },
      ...{ failed: 0, bytes: 600, totalMs: 120 },
    },
  },
  context: { ...alertOfA.context, entityId: usageIdOf('square', day), commandId: 'calls' },
});

/** Two tablets of shop a wrote two notes on one order. */
const noteOfA = (tablet: string) => ({
  ...alertOfA,
  command: {
    type: 'MergeFact' as const,
    data: {
      ...{ entity: 'order:order-of-shop-a-01', factId: `fact-of-shop-a-${tablet}` },
      ...{ deviceId: `${tablet}-of-shop-a-1`, actor: `waiter-of-shop-a-${tablet}`, heads: [] },
      changes: [{ field: 'note', set: `note-of-shop-a-${tablet}` }],
      ...{ claimedAt: '2026-01-01T09:00:00.000Z', notBefore: '2026-01-01T08:00:00.000Z' },
      keptAt: '2026-01-01T10:00:00.000Z',
    },
  },
  context: { ...alertOfA.context, entityId: 'order:order-of-shop-a-01', commandId: tablet },
});

/** Settings have names that each shop chooses: both can have the same. */
const namedByShop = ({ path }: Route) => /:(key|provider|booksProvider)(\/|$)/.test(path);
/** Every shop has these, with what it added itself. */
const isCommon = ({ path }: Route) => /^\/integrations\/:provider\/(fields|templates)$/.test(path);
/** Ids that the examples name, which both shops send, and those of what every shop has. */
const EXAMPLES = JSON.stringify([table.map(({ example }) => example), BUILT_IN]);
/** Processes of the product are actors in the events of every shop. */
const PROCESSES = features.flatMap(({ processes }) => processes.map(({ name }) => name));

/** Every operation is called once or twice. */
const SET_UP_MS = 90_000;

describe('a store and the data of another', () => {
  let world: ApiWorld;
  /** Ids of store a by the name of their field, first ones first. */
  const ids = new Map<string, string>();
  const secrets = new Set<string>();
  let eventsOfA: readonly RecordedEvent[] = [];
  let orderOfB: string | undefined;

  function remember(value: unknown): void {
    if (value === null || typeof value !== 'object') return;
    for (const [name, part] of Object.entries(value)) {
      if (name.endsWith('Id') && typeof part === 'string' && part.length >= 16) {
        if (!ids.has(name)) ids.set(name, part);
        if (!EXAMPLES.includes(part) && !PROCESSES.includes(part)) secrets.add(part);
      }
      remember(part);
    }
  }

  const pathOf = (route: Route, idOf: (name: string) => string) =>
    route.path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(idOf(name)));

  const idOfA = (name: string) => {
    if (name === 'name') return 'order-list';
    if (name === 'position') return formatPosition(eventsOfA[0]?.position ?? START);
    return ids.get(name) ?? `no-${name}`;
  };

  async function call(store: string | null, route: Route, path: string): Promise<Answer> {
    const role =
      route.permission === 'public' ? 'till' : (rolesWith(route.permission).at(-1) ?? 'till');
    return world.call(route.method.toUpperCase(), path, {
      key: store === null ? null : keyOf(store, role),
      headers: {
        'idempotency-key': `${store ?? 'nobody'}-${newKey()}-${'x'.repeat(16)}`,
        ...(route.method === 'get' && {
          'tillstream-position': formatPosition(await world.log.head()),
        }),
      },
      ...(route.body && { json: bodyOf(store, route) }),
    });
  }

  /** A payment is taken only for an order that there is, in its currency. */
  function bodyOf(store: string | null, { path, example }: Route): unknown {
    const orderId = store === 'b' ? orderOfB : ids.get('orderId');
    const isOfOrder = path === '/payment-attempts' || path === '/checkouts';
    if (!isOfOrder || orderId === undefined) return example;
    return { ...(example as object), orderId };
  }

  /** The order of the example has no product of the catalogue. */
  async function sellProduct(): Promise<void> {
    const route = ofShops.find(({ operationId }) => operationId === 'placeOrder');
    const product = ofShops.find(({ operationId }) => operationId === 'createProduct');
    if (!route || !product) throw new Error('expected routes to create and sell products');
    const { currency } = product.example as { currency: string };
    const lines = [{ productId: ids.get('productId'), quantity: '1' }];
    const sold = await call('a', { ...route, example: { currency, lines } }, route.path);
    expect(sold.status).toBe(202);
  }

  /** No request starts a process by itself: store a gets one from a golden event. */
  async function startProcess(): Promise<void> {
    const golden = JSON.parse(readProjectFile('tests/golden/events/ProcessReacted.v1.json')) as {
      readonly data: { readonly process: string; readonly instance: string };
    };
    const id = processId(golden.data.process, golden.data.instance);
    const metadata = {
      storeId: 'a',
      commandId: 'golden',
      fields: {},
      correlationId: 'golden',
      causationId: 'golden',
      actor: { kind: 'process' as const, id: golden.data.process },
      schemaVersion: 1,
    };
    const event = { id: newKey(), type: 'ProcessReacted', data: golden.data, metadata };
    await world.log.append(streamName(PROCESS_CATEGORY, 'a', id), 'no-stream', [event]);
  }

  /** None of the examples pays an order in full, so sums of sales would be empty. */
  async function sellForCash(): Promise<void> {
    const write = async (path: string, json: unknown) =>
      world.call('POST', path, {
        key: keyOf('a', 'manager'),
        headers: { 'idempotency-key': newKey() },
        json,
      });
    const lines = [{ name: 'Goods', quantity: '1', unitPriceMinor: 100 }];
    const { body } = await write('/orders', { currency: 'EUR', lines });
    const payment = { method: 'cash', amountMinor: 100, currency: 'EUR' };
    const paid = await write(`/orders/${String(body['orderId'])}/payments`, payment);
    expect(paid.status).toBe(201);
  }

  async function allOf(store: string): Promise<RecordedEvent[]> {
    const { events } = await world.log.readAll({ after: START, limit: 20_000 });
    return events.filter(({ stream }) => stream.includes(`-${store}.`));
  }

  function expectNothingOfA(answer: Answer): void {
    const found = [...secrets].filter((secret) => answer.text.includes(secret));
    // What the caller itself has named may stand in the answer that it does not exist.
    expect(answer.status === 404 ? [] : found).toEqual([]);
  }

  beforeAll(async () => {
    world = await openWorld({ features });
    // No request raises an alert: the server does.
    await world.app.services.commands.execute(alertDecider, alertOfA);
    ids.set('alertId', alertOfA.context.entityId);
    ids.set('provider', 'square');
    // The name that the examples give to a series.
    ids.set('seriesId', 'B-2026');
    ids.set('booksProvider', 'quickbooks');
    // Nor does a caller with a key give notice of a payment: the provider does.
    await world.app.services.commands.execute(noticeDecider, noticeOfA);
    await world.app.services.commands.execute(webhookDecider, webhookOfA);
    ids.set('webhookId', webhookOfA.context.entityId);
    await world.app.services.commands.execute(factDecider, factOfA);
    const today = new Date().toISOString().slice(0, 10);
    await world.app.services.commands.execute(usageDecider, callsOfA(today));
    ids.set('factId', factOfA.context.entityId);
    secrets.add(factOfA.command.data.raw);
    ids.set('entity', 'order:order-of-shop-a-01');
    for (const tablet of ['tablet-1', 'tablet-2']) {
      const { events } = await world.app.services.commands.execute(entityDecider, noteOfA(tablet));
      secrets.add(`note-of-shop-a-${tablet}`);
      const conflict = events.find(({ type }) => type === 'ConflictFound');
      if (conflict?.type === 'ConflictFound') {
        ids.set('conflictId', conflict.data.conflictId);
        secrets.add(conflict.data.conflictId);
      }
    }
    for (const route of ofShops) {
      const isSetting =
        namedByShop(route) && (route.method === 'put' || route.path.endsWith('/connect'));
      if (!route.write || (route.status < 201 && !isSetting)) continue;
      const { body } = await call('a', route, pathOf(route, idOfA));
      remember(body);
      // An attempt is named by the id of its payment.
      if (route.path === '/payment-attempts') ids.set('attemptId', String(body['paymentId']));
    }
    await sellProduct();
    await sellForCash();
    await startProcess();
    for (const route of ofShops.filter(({ method }) => method === 'get')) {
      remember((await call('a', route, pathOf(route, idOfA))).body);
    }
    await world.caughtUp();
    eventsOfA = await allOf('a');
  }, SET_UP_MS);
  afterAll(() => world.stop());

  afterEach(async () => {
    const known = new Set(eventsOfA.map(({ id }) => id));
    const started = new Set(eventsOfA.map(({ stream }) => stream));
    // A process of store a goes on by its own timers; no request is the actor of that.
    const ownTimer = ({ id, type, stream, metadata }: RecordedEvent) =>
      type === 'ProcessReacted' &&
      started.has(stream) &&
      !known.has(id) &&
      metadata.storeId === 'a' &&
      metadata.actor.kind === 'process';
    // Alerts are raised by the system, about what the store itself has done, some time later.
    const ownAlert = ({ id, type, metadata }: RecordedEvent) =>
      type === 'AlertRaised' && !known.has(id) && metadata.actor.kind === 'system';
    const isOwn = (event: RecordedEvent) => ownTimer(event) || ownAlert(event);
    expect((await allOf('a')).filter((event) => !isOwn(event))).toEqual(eventsOfA);
  });

  it('is tested with data of every kind', () => {
    expect(table.length).toBeGreaterThan(20);
    expect([...ids.keys()]).toEqual(
      expect.arrayContaining(['orderId', 'customerId', 'debtId', 'paymentId']),
    );
    expect(eventsOfA.length).toBeGreaterThan(5);
  });

  it.each(named(table))('answers 401 without a key: %s', async (_name, route) => {
    const answer = await call(null, route, pathOf(route, idOfA));
    expect([answer.status, answer.body['code']]).toEqual([401, 'unauthenticated']);
    expectNothingOfA(answer);
  });

  it.each(named(ofShops.filter((route) => route.method === 'get' && isCommon(route))))(
    'reads what every shop has and nothing of the other: %s',
    async (_name, route) => {
      const theirs = await call('b', route, pathOf(route, idOfA));
      expect(theirs.status).toBe(200);
      expectNothingOfA(theirs);
    },
  );

  it.each(
    named(
      ofShops.filter((route) => route.method === 'get' && hasParams(route) && !isCommon(route)),
    ),
  )('reads its own and not the other one: %s', async (_name, route) => {
    const path = pathOf(route, idOfA);
    expect((await call('a', route, path)).status).toBe(200);
    const theirs = await call('b', route, path);
    expect(theirs.status).toBe(404);
    expect(JSON.stringify(theirs.body['details'] ?? {})).toBe('{}');
  });

  it.each(named(ofShops.filter((route) => route.method === 'get' && !hasParams(route))))(
    'lists its own and not those of the other: %s',
    async (_name, route) => {
      const mine = await call('a', route, route.path);
      const theirs = await call('b', route, route.path);
      expect([mine.status, theirs.status]).toEqual([200, 200]);
      expect((mine.body['items'] as unknown[]).length).toBeGreaterThan(0);
      expect(theirs.body['items']).toEqual([]);
      expectNothingOfA(theirs);
    },
  );

  it.each(queryIds)('finds nothing by an id of the other: %s', async (_name, route, query) => {
    const theirs = await call('b', route, `${route.path}?${query}=${idOfA(query)}`);
    expect(theirs.body['items']).toEqual([]);
  });

  it.each(named(ofShops.filter((route) => route.write && namedByShop(route))))(
    'changes only its own under the same name: %s',
    async (_name, route) => {
      expect((await call('b', route, pathOf(route, idOfA))).status).toBe(200);
    },
  );

  it.each(named(changing.filter((route) => !namedByShop(route))))(
    'changes nothing of the other: %s',
    async (_name, route) => {
      const theirs = await call('b', route, pathOf(route, idOfA));
      expect(theirs.status).toBe(404);
      for (const trap of [`a.${idOfA('orderId')}`, `../a.${idOfA('orderId')}`, 'a%2Ex']) {
        const answer = await call(
          'b',
          route,
          pathOf(route, () => trap),
        );
        expect([trap, answer.status]).toEqual([trap, 404]);
      }
    },
  );

  it.each(named(table.filter(isOperation)))(
    'shows an operator of the other nothing of the shop: %s',
    async (_name, route) => {
      const answer = await call('b', route, pathOf(route, idOfA));
      expect(answer.status).not.toBe(401);
      expectNothingOfA(answer);
    },
  );

  it.each(named(ofShops.filter((route) => route.method === 'post' && !hasParams(route))))(
    'creates only in its own streams: %s',
    async (_name, route) => {
      const answer = await call('b', route, route.path);
      expect(answer.status).toBe(route.status);
      expectNothingOfA(answer);
      if (route.path === '/orders') orderOfB = String(answer.body['orderId']);
    },
  );

  it('cannot pay for an order of the other', async () => {
    const before = await world.log.head();
    const paid = await world.call('POST', '/payment-attempts', {
      key: keyOf('b'),
      headers: { 'idempotency-key': newKey() },
      json: {
        ...{ orderId: idOfA('orderId'), method: 'credit_card', amountMinor: 1, currency: 'EUR' },
      },
    });
    expect([paid.status, paid.body['code']]).toEqual([404, 'order_not_found']);
    expect(await world.log.head()).toEqual(before);
  });

  it('cannot charge a sale to the account of a customer of the other', async () => {
    const manager = { key: keyOf('b') };
    const customerId = idOfA('customerId');
    const placed = await world.call('POST', '/orders', {
      ...manager,
      headers: { 'idempotency-key': newKey() },
      json: {
        currency: 'EUR',
        customerId,
        lines: [{ name: 'Goods', quantity: '1', unitPriceMinor: 100 }],
      },
    });
    const paid = await world.call('POST', `/orders/${String(placed.body['orderId'])}/payments`, {
      ...manager,
      headers: { 'idempotency-key': newKey() },
      json: { method: 'on_account', amountMinor: 100, currency: 'EUR', customerId },
    });
    expect([paid.status, paid.body['code']]).toEqual([404, 'account_not_found']);
    const { events } = await world.log.readAll({ after: START, limit: 20_000 });
    const ofB = events.filter(({ metadata }) => metadata.storeId === 'b');
    expect(ofB.every(({ stream }) => stream.includes('-b.'))).toBe(true);
  });
});
