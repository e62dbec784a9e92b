import { API_LIMITS } from '../src/api/limits.ts';
import { ConfigError, readConfig } from '../src/config.ts';

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDir: './data',
      storesFile: './data/stores.json',
      logLevel: 'info',
      logFormat: 'auto',
      concurrentRequests: 1_000,
    });
  });

  it('has the defaults that the API has without it, under the same names', () => {
    const config = readConfig({});
    const shared = Object.entries(API_LIMITS).filter(([name]) => name in config);

    expect(shared.length).toBeGreaterThan(7);
    expect(config).toMatchObject(Object.fromEntries(shared));
    expect(config).toMatchObject({ concurrentPerShop: API_LIMITS.concurrentPerShop });
  });

  it('takes what the environment says, and puts the stores file beside the data', () => {
    const config = readConfig({
      PORT: '0',
      DATA_DIR: '/var/shop',
      LOG_LEVEL: ' debug ',
      HOST: '::',
    });
    expect(config).toMatchObject({
      port: 0,
      host: '::',
      logLevel: 'debug',
      storesFile: '/var/shop/stores.json',
    });
    expect(readConfig({ DATA_DIR: '/x', STORES_FILE: '/y/z.json' }).storesFile).toBe('/y/z.json');
  });

  it('counts empty settings as absent and ignores what is not its own', () => {
    expect(readConfig({ PORT: '', TILLSTREAM_NONSENSE: 'x' }).port).toBe(8080);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it.each(['80a', '-1', '1.5', '65536', '1e3', '0x50', '99999999999', 'NaN'])(
    'refuses the port %s and says what was expected',
    (port) => {
      expect(() => readConfig({ PORT: port })).toThrow(
        `PORT: expected a whole number from 0 to 65535, found "${port}"`,
      );
    },
  );

  it.each([
    [{ EVENT_STORE: 'esdb' }, 'EVENT_STORE=esdb needs ESDB_URL'],
    [{ ESDB_URL: 'esdb://a:2113' }, 'set EVENT_STORE=esdb'],
    [{ EVENT_STORE: 'esdb', ESDB_URL: 'esdb://a', READ_STORE: 'mongodb' }, 'needs MONGO_URL'],
    [{ MONGO_URL: 'mongodb://a/shop' }, 'set READ_STORE=mongodb'],
    [{ READ_STORE: 'mongodb', MONGO_URL: 'mongodb://a/shop' }, 'needs EVENT_STORE=esdb'],
    [{ ROLE: 'worker' }, 'ROLE=worker needs EVENT_STORE=esdb and READ_STORE=mongodb'],
    [{ ROLE: 'api', EVENT_STORE: 'esdb', ESDB_URL: 'esdb://a' }, 'ROLE=api needs'],
  ])('refuses %j, which makes no sense together, with the reason', (env, reason) => {
    expect(() => readConfig(env)).toThrow(reason);
  });

  it('takes stores that several processes share', () => {
    const env = {
      EVENT_STORE: 'esdb',
      ESDB_URL: 'esdb+discover://admin:changeit@a,b,c:2113',
      READ_STORE: 'mongodb',
      MONGO_URL: 'mongodb+srv://user:pass@cluster/shop',
      REDIS_URL: 'rediss://cache:6379',
      ROLE: 'worker',
    };
    expect(readConfig(env)).toMatchObject({ role: 'worker', redisUrl: env.REDIS_URL });
  });

  it('never shows a URL, which may hold a password', () => {
    const read = () => readConfig({ MONGO_URL: 'postgres://root:hunter2@db' });
    expect(read).toThrow('MONGO_URL: expected a URL of mongodb://, found something else');
    expect(read).not.toThrow(/hunter2/);
  });

  it('names everything that is wrong at once', () => {
    const read = () => readConfig({ PORT: 'x', LOG_LEVEL: 'loud', DRAIN_MS: '-5' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT.*\n.*LOG_LEVEL: expected one of debug, info.*found "loud"\n.*DRAIN/);
  });

  it('has a namespace for the streams in EventStoreDB', () => {
    expect(readConfig({}).eventNamespace).toBe('tillstream');
    expect(readConfig({ EVENT_NAMESPACE: 'shop2' }).eventNamespace).toBe('shop2');
    expect(() => readConfig({ EVENT_NAMESPACE: 'a.b' })).toThrow(
      'EVENT_NAMESPACE: expected 1 to 32 of a-z and 0-9, a letter first, found "a.b"',
    );
  });
});
