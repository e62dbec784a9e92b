import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { tighten } from '../adapters/shared/private-files.ts';
import { assertUsableLog, setDamagedAside } from '../adapters/sqlite/data-folder.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../ports/logger.ts';

/** Files that Tillstream writes into its data folder, with SQLite's files beside them. */
const OWN_FILES =
  /^(lock|log|documents|hints)\.db([.-].*)?$|^(holder|stores)\.json$|^api-key\.txt$|\.draft$/;

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
  if (readStore !== 'sqlite') return [];
  const notices = setDamagedAside(dataDir, now);
  for (const notice of notices) logger.error({ notice }, 'a damaged file was set aside');
  return notices;
}

/** Earlier versions left the files readable to other users, as far as the umask allowed it. */
function tightenAll({ dataDir, storesFile }: Config, logger: Logger): void {
  const files = readdirSync(dataDir)
    .filter((name) => OWN_FILES.test(name))
    .map((name) => join(dataDir, name));
  // A shops file elsewhere is managed elsewhere; the doctor shows when others can read it.
  if (resolve(dirname(storesFile)) === resolve(dataDir)) files.push(storesFile);
  for (const path of new Set([dataDir, ...files])) {
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
