import { connect } from 'node:net';

import { systemClock } from '../../src/adapters/system/clock.ts';
import { createApi } from '../../src/api/server.ts';
import { openWorld, someNote } from './support/api-world.ts';
import { createGate } from './support/gate.ts';

describe('stop', () => {
  it('lets a request in flight end, takes no new ones, and hangs up', async () => {
    const gate = createGate();
    const world = await openWorld({ wrapLog: gate.wrap });
    gate.shut();
    const held = someNote(world);
    await gate.untilWaiting();
    const closed = world.api.close();
    await expect(world.call('GET', '/health/live')).rejects.toThrow('fetch failed');
    gate.open();
    const { answer, noteId } = await held;
    expect(answer.status).toBe(202);
    await closed;
    expect(await world.log.readStream(`order-a.${noteId}`)).toHaveLength(1);
    await world.stop();
  });

  it('does not wait for connections that ask nothing', async () => {
    const world = await openWorld({ limits: { drainMs: 60_000, keepAliveMs: 60_000 } });
    await world.call('GET', '/health/live');
    const silent = connect(Number(new URL(world.url).port), '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const gone = new Promise((resolve) => silent.once('close', resolve));
    silent.on('error', () => undefined);
    const startedMs = systemClock.now();
    await world.stop();
    await gone;
    expect(systemClock.now() - startedMs).toBeLessThan(10_000);
  });

  it('cuts off what does not end within the limit, and says so', async () => {
    const gate = createGate();
    const world = await openWorld({ wrapLog: gate.wrap, limits: { drainMs: 30 } });
    gate.shut();
    const held = someNote(world).catch((error: unknown) => error);
    await gate.untilWaiting();
    await world.api.close();
    expect(await held).toHaveProperty('message', 'fetch failed');
    expect(world.lines.join('')).toContain('requests were cut off by the stop');
    gate.open();
    await world.stop();
  });

  it('can be asked to stop as often as you like, also before it listens', async () => {
    const world = await openWorld();
    await Promise.all([world.api.close(), world.api.close()]);
    await world.api.close();
    await world.stop();
  });
});

describe('listen', () => {
  it('says which port is taken and what to do', async () => {
    const world = await openWorld();
    const { services } = world.app;
    const other = createApi({ services, routes: [], logger: services.logger, version: '0' });
    const port = Number(new URL(world.url).port);
    await expect(other.listen({ port, host: '127.0.0.1' })).rejects.toThrow(
      `expected port ${port} of 127.0.0.1 to be free, found it in use: ` +
        'stop what listens there, or set PORT to another one',
    );
    await other.close();
    await world.stop();
  });
});
