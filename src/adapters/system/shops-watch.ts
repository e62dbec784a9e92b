import { stat } from 'node:fs/promises';

import type { Shop, ShopSource } from '../../domain/kernel/shop.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { readShopsFile, ShopsFileError } from './shops-file.ts';

/** A revoked key works no longer than this. */
const CHECK_EVERY_MS = 500;

/** The shops as their file has them. */
export interface WatchedShops {
  /** The last valid content of the file. */
  readonly shops: ShopSource;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly path: string;
  /** What was read at the start. */
  readonly initial: readonly Shop[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads the shops file again whenever it changes. A file that is not valid, or gone, changes
 * nothing: the shops and keys before stay until it is valid. Looks at the file instead of asking
 * the system for changes, which does not report those of mounted folders.
 */
export function watchShopsFile({ path, initial, clock, logger }: WatchOptions): WatchedShops {
  let current = initial;
  let seen: string | undefined;
  const stopping = new AbortController();

  async function check(): Promise<void> {
    const version = await versionOf(path);
    if (version === seen) return;
    seen = version;
    try {
      const shops = await readShopsFile(path);
      if (!shops) throw new ShopsFileError(path, 'there is no such file');
      if (JSON.stringify(shops) === JSON.stringify(current)) return;
      current = shops;
      logger.info({ path, shops: shops.length }, 'shops file read again');
    } catch (error) {
      const fields = { path, error: error instanceof Error ? error.message : String(error) };
      logger.error(fields, 'the changed shops file cannot be used; the shops before stay');
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await check();
      await clock.sleep(CHECK_EVERY_MS, stopping.signal);
    }
  }

  const running = run();
  return {
    shops: () => current,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Another one after each change; undefined while there is no file. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join('.');
  } catch {
    return undefined;
  }
}
