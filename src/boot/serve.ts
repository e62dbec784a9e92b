import { lockDataFolder } from '../adapters/sqlite/data-folder-lock.ts';
import { createCalendar } from '../adapters/system/calendar.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemDigest } from '../adapters/system/digest.ts';
import { systemIds } from '../adapters/system/ids.ts';
import { createLogger } from '../adapters/system/logger.ts';
import { createFirstShop, readShopsFile } from '../adapters/system/shops-file.ts';
import { createApi } from '../api/server.ts';
import { createApp } from '../app/app.ts';
import type { Config } from '../config.ts';
import type { EmbeddedThreads } from './embedded/threads.ts';
import { features } from '../features/index.ts';
import { operations } from '../features/operations.ts';
import { openStorage } from './open-storage.ts';

export interface ServeOptions {
  readonly config: Config;
  /** The product's version. */
  readonly version: string;
  /** Needed when a store is embedded. */
  readonly threads: EmbeddedThreads | undefined;
}

interface Running {
  stop(): Promise<void>;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function start(
  { config, version, threads }: ServeOptions,
  logger: ReturnType<typeof createLogger>,
): Promise<Running> {
  const { dataDir, port, host } = config;
  const closers: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const lock = lockDataFolder(dataDir, () => new Date(systemClock.now()).toISOString());
    closers.push(() => lock.release());
    const embedded = config.eventStore === 'sqlite' || config.readStore === 'sqlite';
    const known = await readShopsFile(config.storesFile);
    const first = known ? undefined : await createFirstShop(dataDir, config.storesFile);
    const shops = known ?? first?.shops ?? [];
    // Where all that lasts is elsewhere, several processes may share the folder of the shops file.
    if (!embedded) lock.release();
    const opened = await openStorage({ config, logger, threads });
    closers.push(() => opened.close());
    const app = createApp({
      ports: {
        ...opened.ports,
        clock: systemClock,
        ids: systemIds,
        digest: systemDigest,
        calendar: createCalendar(shops),
        logger,
      },
      features,
      shops,
      auditEveryMs: config.auditEveryMs,
      auditPercent: config.auditPercent,
      ...opened.app,
    });
    closers.push(() => app.stop());
    // A worker takes no requests of shops; operators reach it over HTTP.
    const served = config.role === 'worker' ? [operations] : features;
    const routes = served.flatMap((feature) => feature.routes);
    const { services } = app;
    const api = createApi({ services, routes, logger, version, limits: config });
    closers.push(() => api.close());
    await app.start();
    const address = await api.listen({ port, host });
    if (embedded) lock.announce(address.url);
    say(`Tillstream ${version} listens at ${address.url} (try ${address.url}/docs)`);
    for (const line of opened.says) say(`  ${line}`);
    say(`  shops: ${shops.map(({ id, name }) => `${id} (${name})`).join(', ')}`);
    if (first) say(`  a first shop was made; its API keys are in ${first.keyFile}`);
    return { stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/**
 * Serves until it is told to stop.
 * @throws Error when it cannot start, for people.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { config, threads } = options;
  const logger = createLogger(config.logLevel);
  const fail = (reason: unknown) => {
    logger.error({ error: reason instanceof Error ? reason.stack : String(reason) }, 'a bug');
    logger.flush();
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  void threads?.failed.then(fail);

  const running = await start(options, logger);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Asked a second time, it stops at once: what was acknowledged is on the disk already.
    if (stopping) process.exit(1);
    stopping = true;
    say(`${signal}: finishing what runs, then stopping`);
    running.stop().then(() => {
      logger.flush();
      process.exit(0);
    }, fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
