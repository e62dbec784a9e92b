import { databaseOf } from '../../../src/adapters/mongodb/connection.ts';
import { openMongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { freePort } from '../../support/servers.ts';
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
  ])('string that is wrong is refused without being told: %s', (url) => {
    const open = () => openMongoReadStore({ url, logger: keepingLogger().logger });
    let told: unknown;
    try {
      open();
    } catch (error) {
      told = error;
    }
    expect(String(told)).toContain('a connection string for MongoDB');
    expect(String((told as Error).stack) + JSON.stringify(told)).not.toContain(SECRET);
    expect((told as Error).cause).toBeUndefined();
  });

  it('that nobody listens to fails within its limits, and tells no password', async () => {
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
      const told = call.status === 'rejected' ? (call.reason as Error) : new Error('was done');
      expect(`${told.name} ${told.message}`).toMatch(/Mongo/);
      expect(`${told.stack}${String(told.cause)}`).not.toContain(SECRET);
    }
    await store.close();
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });
});
