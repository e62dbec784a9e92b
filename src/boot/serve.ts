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
import { openStorage } from './open-storage.ts';

export interface ServeOptions {
  readonly config: Config;
  /** The product's version. */
  readonly version: string;
  /** Needed where storage is embedded. */
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
    const listed = await readShopsFile(config.storesFile);
    const first = listed ? undefined : await createFirstShop(dataDir, config.storesFile);
    const shops = listed ?? first?.shops ?? [];
    // Where all storage is on servers, several instances may share the folder of the shops file.
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
    // A worker answers health checks over HTTP, and no other request.
    const routes = config.role === 'worker' ? [] : features.flatMap((feature) => feature.routes);
    const { services } = app;
    const api = createApi({ services, routes, logger, version, limits: config });
    closers.push(() => api.close());
    await app.start();
    const address = await api.listen({ port, host });
    if (embedded) lock.announce(address.url);
    say(`Tillstream ${version} listens at ${address.url} (try ${address.url}/docs)`);
    for (const line of opened.banner) say(`  ${line}`);
    say(`  shops: ${shops.map(({ id, name }) => `${id} (${name})`).join(', ')}`);
    if (first) say(`  a first shop was created; its API keys are in ${first.keyFile}`);
    return { stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/**
 * Serves until SIGTERM or SIGINT.
 * @throws Error when it cannot start, with a message for the operator.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { config, threads } = options;
  const logger = createLogger(config.logLevel);
  const fail = (reason: unknown) => {
    const error = reason instanceof Error ? reason.stack : String(reason);
    logger.error({ error }, 'uncaught exception');
    logger.flush();
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  void threads?.failed.then(fail);

  const running = await start(options, logger);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // A second signal stops it at once: everything acknowledged is on the disk already.
    if (stopping) process.exit(1);
    stopping = true;
    say(`${signal}: finishing running requests, then stopping`);
    running.stop().then(() => {
      logger.flush();
      process.exit(0);
    }, fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
