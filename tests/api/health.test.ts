import { createMemoryRateLimit } from '../../src/adapters/memory/rate-limit.ts';
import { createLimiters } from '../../src/api/pipeline/limiters.ts';
import type { NewEvent } from '../../src/domain/kernel/event.ts';
import { type ApiWorld, keyOf, openWorld, someNote } from './support/api-world.ts';
import { createGate } from './support/gate.ts';

const ask = (world: ApiWorld, path: string) => world.call('GET', path, { key: null });

/** An event that the read model cannot fold. */
function poisonedNote(): NewEvent {
  const metadata = {
    ...{ storeId: 'a', commandId: 'c', fields: {}, correlationId: 'c', causationId: 'c' },
    ...{ actor: { kind: 'system' as const, id: 'test' }, schemaVersion: 1 },
  };
  const data = { noteId: '1', text: 'poison', amountMinor: 1 };
  return { id: 'e', type: 'NoteWritten', data, metadata };
}

describe('health', () => {
  it('is live, ready and ok for a system that runs', async () => {
    const world = await openWorld();
    expect((await ask(world, '/health/live')).body).toEqual({ status: 'ok' });
    const ready = await ask(world, '/health/ready');
    expect([ready.status, ready.body['status']]).toEqual([200, 'ok']);
    const { status, body } = await ask(world, '/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      version: '0.0.0-test',
      projections: { live: 1, behind: [], blocked: [], failing: [], unassigned: [], lagEvents: 0 },
      processes: { failing: [] },
      writes: 'ok',
    });
    expect(body['uptimeS']).toBeGreaterThanOrEqual(0);
    await world.stop();
  });

  it('is live but not ready before the start, and takes no requests', async () => {
    const world = await openWorld({ unstarted: true });
    expect((await ask(world, '/health/live')).status).toBe(200);
    expect((await ask(world, '/health/ready')).status).toBe(503);
    expect((await ask(world, '/health')).body['status']).toBe('unavailable');
    expect((await ask(world, '/status')).body['status']).toBe('down');
    expect((await ask(world, '/openapi.json')).status).toBe(200);
    const refused = await world.call('GET', '/notes');
    expect([refused.status, refused.body['code']]).toEqual([503, 'shutting_down']);
    expect(refused.headers.get('retry-after')).toBe('1');
    await world.stop();
  });

  it('is not ready while a store does not answer, and does not say why to strangers', async () => {
    let dead = false;
    const world = await openWorld({
      wrapLog: (log) => ({
        ...log,
        ping: () => (dead ? Promise.reject(new Error('/secret/disk is gone')) : log.ping()),
      }),
    });
    dead = true;
    const ready = await ask(world, '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body['checks']).toContainEqual({
      name: 'event-log',
      ok: false,
      reason: 'it is not available',
    });
    expect(ready.text).not.toContain('secret');
    expect((await ask(world, '/health')).status).toBe(503);
    expect((await ask(world, '/health/live')).status).toBe(200);
    await world.stop();
  });

  it('is not ready while a store hangs, and answers all the same', async () => {
    const never = new Promise<void>(() => undefined);
    const world = await openWorld({
      limits: { pingMs: 20 },
      wrapReadStore: (store) => ({ ...store, ping: () => never }),
    });
    const ready = await ask(world, '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body['checks']).toContainEqual({
      name: 'read-store',
      ok: false,
      reason: 'no reply in 20 ms',
    });
    await world.stop();
  });

  it('is ready but degraded while a read model is blocked', async () => {
    const world = await openWorld();
    const { position } = await someNote(world, 'poison');
    await world.caughtUp();
    expect((await ask(world, '/health/ready')).status).toBe(200);
    const { status, body } = await ask(world, '/health');
    expect([status, body['status']]).toEqual([200, 'degraded']);
    expect(body['projections']).toMatchObject({ live: 0, blocked: ['notes'] });
    expect(position).not.toBe('');
    await world.stop();
  });

  it('stays ready while a read model catches up later, and says that one is paused', async () => {
    let commits = Promise.resolve();
    const world = await openWorld({
      wrapReadStore: (store) => ({
        ...store,
        commit: async (commit) => {
          await commits;
          return store.commit(commit);
        },
      }),
    });
    await world.caughtUp();
    expect((await ask(world, '/health/ready')).status).toBe(200);
    const { projections } = world.app.services;
    const operator = { kind: 'operator', id: 'boss' } as const;
    await projections.pause('notes', 'a test', operator);
    await someNote(world);
    const paused = await ask(world, '/health');
    expect(paused.body).toMatchObject({ status: 'degraded', projections: { paused: ['notes'] } });
    let letGo: () => void = () => undefined;
    commits = new Promise((resolve) => (letGo = resolve));
    await projections.resume('notes', operator);
    expect((await ask(world, '/health')).body).toMatchObject({
      status: 'degraded',
      projections: { behind: ['notes'] },
    });
    expect((await ask(world, '/health/ready')).status).toBe(200);
    letGo();
    await world.caughtUp();
    expect((await ask(world, '/health')).body['status']).toBe('ok');
    await world.stop();
  });

  // Each signal was green while queries returned older and older documents.
  it('reports a read model that cannot be written, stays ready, and recovers by itself', async () => {
    let full = false;
    const world = await openWorld({
      wrapReadStore: (store) => ({
        ...store,
        commit: async (commit) => {
          if (full) throw new Error('/secret/documents.db: the disk is full');
          return store.commit(commit);
        },
      }),
    });
    expect((await ask(world, '/health/ready')).status).toBe(200);
    full = true;
    const since = performance.now();
    await someNote(world);
    await world.untilLogged('read models cannot be updated', 0);
    expect(performance.now() - since).toBeLessThan(5_000);

    const { status, body, text } = await ask(world, '/health');
    expect([status, body['status']]).toEqual([200, 'degraded']);
    expect(body['projections']).toMatchObject({ live: 0, failing: ['notes'], lagEvents: 1 });
    expect(text).not.toContain('secret');
    const ready = await ask(world, '/health/ready');
    expect(ready.status).toBe(200);
    expect(ready.body['checks']).toContainEqual({
      name: 'projections',
      ok: true,
      reason: 'queries return older documents of notes',
    });
    const details = await world.call('GET', '/health/detailed', { key: keyOf('a', 'operator') });
    const failing = {
      since: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      reason: '/secret/documents.db: the disk is full',
    };
    expect(details.body['projections']).toMatchObject([
      { name: 'notes', state: 'failing', lagEvents: 1, failing },
    ]);
    const list = await world.call('GET', '/projections', { key: keyOf('a', 'operator') });
    expect(list.body['items']).toMatchObject([{ name: 'notes', state: 'failing', failing }]);

    full = false;
    await world.caughtUp();
    expect((await ask(world, '/health')).body['status']).toBe('ok');
    await world.stop();
  });

  it('reports a log that stores nothing, until the next write succeeds', async () => {
    let full = false;
    const world = await openWorld({
      wrapLog: (log) => ({
        ...log,
        append: async (...args) => {
          const error = new Error('/secret/log.db: the disk is full');
          if (!full) return log.append(...args);
          return { outcome: 'failed', reason: 'unavailable', retryable: true, error };
        },
      }),
    });
    full = true;
    const note = someNote(world);
    await world.untilLogged('the event log does not store events', 0);
    const { status, body, text } = await ask(world, '/health');
    expect([status, body['status'], body['writes']]).toEqual([200, 'degraded', 'failing']);
    expect(text).not.toContain('secret');
    expect((await ask(world, '/health/ready')).status).toBe(200);
    const details = await world.call('GET', '/health/detailed', { key: keyOf('a', 'operator') });
    expect(details.body['writes']).toMatchObject({
      failing: { reason: '/secret/log.db: the disk is full' },
    });
    full = false;
    await note;
    expect((await ask(world, '/health')).body).toMatchObject({ status: 'ok', writes: 'ok' });
    await world.stop();
  });

  // It was ready, and each query answered 425 until an operator acted.
  it('is not ready while a read model has no documents and will not get any by itself', async () => {
    const fresh = await openWorld({ unstarted: true });
    await fresh.log.append('order-a.1', 'no-stream', [poisonedNote()]);
    await fresh.app.start();
    await fresh.caughtUp();
    expect((await fresh.call('GET', '/notes')).status).toBe(425);
    const ready = await ask(fresh, '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body['checks']).toContainEqual({
      name: 'projections',
      ok: false,
      reason: 'blocked before the first build was complete: notes',
    });
    await fresh.stop();
  });

  it('answers while the server is full', async () => {
    const gate = createGate();
    const world = await openWorld({
      wrapLog: gate.wrap,
      limits: { concurrentRequests: 1, concurrentPerShop: 1 },
    });
    gate.shut();
    const held = someNote(world);
    await gate.untilWaiting();
    expect((await world.call('GET', '/notes')).status).toBe(429);
    expect((await ask(world, '/health/ready')).status).toBe(200);
    gate.open();
    await held;
    await world.stop();
  });

  it('shows operators each dependency with its latency, and what is not needed as well', async () => {
    const world = await openWorld({
      changeServices: (services) => ({
        ...services,
        dependencies: [
          ...services.dependencies,
          {
            name: 'cache',
            kind: 'Redis',
            needed: false,
            ping: () => Promise.reject(new Error('no')),
          },
        ],
      }),
    });
    expect((await world.call('GET', '/health/detailed')).status).toBe(403);
    const { status, body } = await world.call('GET', '/health/detailed', {
      key: keyOf('a', 'operator'),
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ role: 'all', work: [], version: '0.0.0-test' });
    const dependencies = body['dependencies'] as { name: string; ok: boolean; latencyMs: number }[];
    expect(dependencies.map(({ name, ok }) => [name, ok])).toEqual([
      ['event-log', true],
      ['read-store', true],
      ['cache', false],
    ]);
    for (const { latencyMs } of dependencies) expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect((await ask(world, '/health/ready')).status).toBe(200);
    await world.stop();
  });

  it('is asked too often by one shop alone: the others are answered', async () => {
    const world = await openWorld({
      changeServices: (services) => ({
        ...services,
        limiters: createLimiters(createMemoryRateLimit, { requests: { maxRequests: 2 } }),
      }),
    });
    const asked = [];
    for (let i = 0; i < 3; i++) asked.push(await world.call('GET', '/notes'));
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(asked[2]?.body['code']).toBe('too_many_requests');
    expect(Number(asked[2]?.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await world.call('GET', '/notes', { key: keyOf('b') })).status).toBe(200);
    expect((await ask(world, '/health/live')).status).toBe(200);
    await world.stop();
  });

  it('has the blocks that monitoring tools read, for operators', async () => {
    const world = await openWorld();
    const { body } = await world.call('GET', '/health/detailed', { key: keyOf('a', 'operator') });
    expect(body).toMatchObject({
      database: { overall: 'healthy', write: { healthy: true }, read: { healthy: true } },
      monitoring: { healthy: true },
    });
    await world.stop();
  });

  it('counts the tokens of connections, and says when the vault does not respond', async () => {
    // Not in the vault: what no connection uses is removed from it soon after the start.
    const kept: Record<string, readonly string[]> = { a: ['one'], b: ['two', 'three'] };
    const world = await openWorld({
      changeServices: (services) => ({
        ...services,
        credentials: {
          ...services.credentials,
          list: (shop) => Promise.resolve(kept[shop] ?? []),
        },
      }),
    });
    const report = async (of: typeof world) =>
      (await of.call('GET', '/health/detailed', { key: keyOf('a', 'operator') })).body['tokens'];
    expect(await report(world)).toEqual({ healthy: true, totalTokens: 3, countedShops: 2 });
    await world.stop();
    const away = await openWorld({
      changeServices: (services) => ({
        ...services,
        credentials: {
          ...services.credentials,
          list: () => Promise.reject(new Error('/secret is gone')),
        },
      }),
    });
    expect(await report(away)).toEqual({
      ...{ healthy: false, totalTokens: 0, countedShops: 0 },
      error: 'it is not available',
    });
    await away.stop();
  });
});

describe('the public status', () => {
  it('is operational for a system that runs, and says no more', async () => {
    const world = await openWorld();
    const { status, body } = await ask(world, '/status');
    expect([status, body['status']]).toEqual([200, 'operational']);
    expect(Object.keys(body).sort()).toEqual(['checkedAt', 'parts', 'status']);
    await world.stop();
  });

  it('is degraded with a blocked read model, without its name', async () => {
    const world = await openWorld({ unstarted: true });
    await world.log.append('order-a.1', 'no-stream', [poisonedNote()]);
    await world.app.start();
    await world.caughtUp();
    const { body, text } = await ask(world, '/status');
    expect(body).toMatchObject({ status: 'degraded' });
    expect(body['parts']).toContainEqual({ name: 'queries', status: 'degraded' });
    expect(text).not.toContain('notes');
    await world.stop();
  });

  it('is down while storage does not answer', async () => {
    const world = await openWorld({
      wrapLog: (log) => ({ ...log, ping: () => Promise.reject(new Error('/secret is gone')) }),
    });
    const { body, text } = await ask(world, '/status');
    expect(body['status']).toBe('down');
    expect(text).not.toContain('secret');
    await world.stop();
  });
});
