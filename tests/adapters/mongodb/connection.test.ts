import { databaseOf } from '../../../src/adapters/mongodb/connection.ts';
import { openMongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { freePort } from '../../support/servers/runner.ts';
import { keepingLogger } from './opened-store.ts';

const SECRET = 'not-to-be-seen';

describe('a connection to MongoDB', () => {
  it.each([
    ['mongodb://h', 'tillstream'],
    ['mongodb://h/', 'tillstream'],
    ['mongodb://h/?replicaSet=rs0', 'tillstream'],
    ['mongodb://u:p@h1:1,h2:2/shop?replicaSet=rs0', 'shop'],
    ['mongodb+srv://u:p@cluster.example/my%20shop', 'my shop'],
  ])('%s uses the database %s', (url, name) => {
    expect(databaseOf(url)).toBe(name);
  });

  it.each([
    `mongo://user:${SECRET}@h/db`,
    `mongodb://user:${SECRET}@`,
    `mongodb://user:${SECRET}@h:port/db`,
    `mongodb://us er:${SECRET}%@h/db`,
    `mongodb://user:${SECRET}@h/db?authMechanism=${SECRET}`,
    `mongodb://user:${SECRET}@h/db?w=1&no=${SECRET}`,
  ])('string that is not valid is rejected without being shown: %s', (url) => {
    const open = () => openMongoReadStore({ url, logger: keepingLogger().logger });
    let raised: unknown;
    try {
      open();
    } catch (error) {
      raised = error;
    }
    expect(String(raised)).toContain('a connection string for MongoDB');
    expect(String((raised as Error).stack) + JSON.stringify(raised)).not.toContain(SECRET);
    expect((raised as Error).cause).toBeUndefined();
  });

  it('to a port without a server fails within its limits, and shows no password', async () => {
    const { logger, lines } = keepingLogger();
    const url = `mongodb://user:${SECRET}@127.0.0.1:${await freePort()}/db`;
    const timeouts = { readMs: 300, writeMs: 400, pingMs: 200, buildMs: 500 };
    const store = openMongoReadStore({ url, logger, timeouts });
    const calls = [
      store.ping(),
      store.checkpoint('feed'),
      store.commit({ documents: [], checkpoints: [] }),
      store.ensureCollection({ name: 'a', indexes: [] }),
      store.leases.acquire('feed', 'a', 1_000),
    ];
    for (const call of await Promise.allSettled(calls)) {
      const raised = call.status === 'rejected' ? (call.reason as Error) : new Error('was done');
      expect(`${raised.name} ${raised.message}`).toMatch(/Mongo/);
      expect(`${raised.stack}${String(raised.cause)}`).not.toContain(SECRET);
    }
    await store.close();
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });
});
