import { MessageChannel } from 'node:worker_threads';

import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createProjectionHost } from '../../../src/boot/embedded/projection-host.ts';
import { createRemoteProjections } from '../../../src/boot/embedded/remote-projections.ts';
import { createRpc } from '../../../src/boot/embedded/rpc.ts';
import { ConflictError, NotFoundError, UpstreamError } from '../../../src/domain/kernel/errors.ts';
import type { ProjectionEngine } from '../../../src/engine/projections/projection-engine.ts';
import { createProjectionEngine } from '../../../src/engine/projections/projection-engine.ts';
import { channelOver } from '../../support/port-channel.ts';
import { createQuickClock, PATIENCE_MS } from '../../support/projection-world.ts';
import { createToys, TOY_TYPES, toyEvent } from '../../support/toy-projections.ts';

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const OPERATOR = { kind: 'key', id: 'op' } as const;

/** An engine at one end of a real message channel, its client at the other. */
function createPair() {
  const { port1, port2 } = new MessageChannel();
  const clock = createQuickClock();
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const store = openSqliteReadStore(':memory:');
  const toys = createToys();
  const names = toys.all.map(({ name }) => name);
  const host = createProjectionHost(createRpc(channelOver(port2)), names);
  const engine = createProjectionEngine({
    log,
    store,
    types: TOY_TYPES,
    clock,
    ids: systemIds,
    logger,
    projections: toys.all,
    limits: { retryInitialMs: 1, retryMaxMs: 16 },
    onProgress: host.onProgress,
    hasWaiters: host.hasWaiters,
  });
  host.serve(engine);
  const remote: ProjectionEngine = createRemoteProjections(createRpc(channelOver(port1)), clock);
  return { log, store, engine, remote, host, port1, port2 };
}

let pair: ReturnType<typeof createPair>;

beforeEach(async () => {
  pair = createPair();
  await pair.remote.start();
});

afterEach(async () => {
  await pair.engine.stop();
  pair.port1.close();
  pair.port2.close();
});

async function append(): Promise<Awaited<ReturnType<typeof pair.log.head>>> {
  const stream = `order-s1.${systemIds.uuid()}`;
  const outcome = await pair.log.append(stream, 'no-stream', [
    toyEvent('s1', 'LineAdded', { amount: 7 }),
  ]);
  if (outcome.outcome !== 'done') throw new Error(`expected done, found ${outcome.outcome}`);
  return outcome.position;
}

describe('a projection engine at the other end of a channel', () => {
  it('reports its collections and positions as the engine itself does', async () => {
    await pair.remote.whenCaughtUp({ timeoutMs: PATIENCE_MS });
    expect(pair.remote.report()).toEqual(pair.engine.report());
    expect(pair.remote.serving('tabs')).toBe(pair.engine.serving('tabs'));
    expect(pair.remote.serving('tabs')).toBeDefined();
  });

  it('waits for a position, and resolves at once for one that was reached', async () => {
    const position = await append();
    expect(await pair.remote.waitFor('tabs', position, PATIENCE_MS)).toBe(true);
    expect(await pair.remote.waitFor('tabs', position, 0)).toBe(true);
    const later = { commit: position.commit + 1n, prepare: position.prepare + 1n };
    expect(await pair.remote.waitFor('tabs', later, 5)).toBe(false);
  });

  it('knows when a caller waits, and when none does any more', async () => {
    const position = await append();
    const later = { commit: position.commit + 1n, prepare: position.prepare + 1n };
    const waiting = pair.remote.waitFor('tabs', later, PATIENCE_MS);
    await pair.remote.audit({ projection: 'tabs', heal: false });
    expect(pair.host.hasWaiters()).toBe(true);
    await append();
    expect(await waiting).toBe(true);
    await pair.remote.audit({ projection: 'tabs', heal: false });
    expect(pair.host.hasWaiters()).toBe(false);
  });

  it('rejects with the same codes', async () => {
    expect(() => pair.remote.serving('nothing')).toThrow(NotFoundError);
    await expect(pair.remote.retry('tabs')).rejects.toThrow(ConflictError);
    await expect(pair.remote.retry('nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(pair.remote.skip('tabs', 'x', 'why', OPERATOR)).rejects.toMatchObject({
      code: 'projection_not_blocked',
      details: {},
    });
  });

  it('rebuilds and audits remotely, and shows the new generation locally', async () => {
    const position = await append();
    await pair.remote.rebuild('tabs', 'asked');
    expect(await pair.remote.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
    await pair.remote.waitFor('tabs', position, PATIENCE_MS);
    const [tabs] = pair.remote.report().filter(({ name }) => name === 'tabs');
    expect(tabs?.generation).toBe(2);
    const [audited] = await pair.remote.audit({ projection: 'tabs', heal: true });
    expect(audited?.projection).toBe('tabs');
    expect(pair.remote.counts().get('RebuildStarted')).toBe(1);
  });

  it('rejects all calls once the other end is gone', async () => {
    const gone = pair.remote.audit({ projection: 'tabs', heal: false });
    pair.port2.close();
    await expect(gone).rejects.toThrow(UpstreamError);
    await expect(pair.remote.rebuild('tabs', 'asked')).rejects.toThrow(UpstreamError);
  });
});
