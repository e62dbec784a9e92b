import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Files that Tillstream writes into its data folder, with SQLite's files beside them. */
const OWN_FILES =
  /^(lock|log|documents|hints|vault)\.db([.-].*)?$|^(holder|starts|stores|master-key)\.json$|^api-key\.txt$|\.draft$/;

/**
 * The data folder and its own files in it, which only their owner may read. A shops file elsewhere
 * is not among them: it is managed where it is.
 */
export function ownFiles(dataDir: string, storesFile: string): readonly string[] {
  const paths = readdirSync(dataDir)
    .filter((name) => OWN_FILES.test(name))
    .map((name) => join(dataDir, name));
  const isHere = resolve(dirname(storesFile)) === resolve(dataDir) && existsSync(storesFile);
  return [...new Set([dataDir, ...paths, ...(isHere ? [join(storesFile)] : [])])];
}
