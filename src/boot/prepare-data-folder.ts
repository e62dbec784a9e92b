import { tighten } from '../adapters/shared/private-files.ts';
import {
  assertUsableLog,
  assertUsableVault,
  setDamagedAside,
} from '../adapters/sqlite/data-folder.ts';
import { ownFiles } from '../adapters/system/own-files.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../ports/logger.ts';

/**
 * Makes the folder ready for the storage. Call while its lock is held, before any file is opened.
 * @returns what the operator must know.
 * @throws UpstreamError store_unavailable when the log cannot be used.
 */
export function prepareDataFolder(config: Config, logger: Logger, now: () => string): string[] {
  const { dataDir, eventStore, readStore } = config;
  // Without embedded storage, instances of several users may share the shops file.
  if (eventStore === 'sqlite' || readStore === 'sqlite') tightenAll(config, logger);
  if (eventStore === 'sqlite') assertUsableLog(dataDir);
  else if (readStore === 'sqlite') assertUsableVault(dataDir);
  if (readStore !== 'sqlite') return [];
  const notices = setDamagedAside(dataDir, now);
  for (const notice of notices) logger.error({ notice }, 'a damaged file was set aside');
  return notices;
}

/** Earlier versions left the files readable to other users, as far as the umask allowed it. */
function tightenAll({ dataDir, storesFile }: Config, logger: Logger): void {
  for (const path of ownFiles(dataDir, storesFile)) {
    const result = tighten(path);
    if (result.outcome === 'tightened') {
      logger.warn({ path, mode: result.before }, 'other users had access; it was removed');
    }
    if (result.outcome === 'open') {
      const { before: mode, reason } = result;
      logger.warn({ path, mode, reason }, 'other users have access; it could not be removed');
    }
  }
}
