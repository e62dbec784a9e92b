import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { readHolder } from '../../adapters/sqlite/data-folder-lock.ts';
import { readShopsFile } from '../../adapters/system/shops-file.ts';
import type { Finding } from '../operations.ts';
import type { Config } from '../../config.ts';
import { messageOf, ok, problem, warning } from './finding.ts';

const OTHERS = 0o077;
const MIB = 1_048_576;
/** Below the first limit a rebuild may not fit, below the second the next hours may not. */
const FREE_WARNING = { bytes: 2_048 * MIB, share: 0.2 };
const FREE_PROBLEM = { bytes: 256 * MIB, share: 0.02 };
const RESPONSE_MS = 3_000;

/** Checks the configured shops. */
export async function examineShopsFile({ storesFile, dataDir }: Config): Promise<Finding> {
  const check = 'stores file';
  try {
    const shops = await readShopsFile(storesFile);
    if (shops) return ok(check, `${storesFile}: ${shops.map(({ id }) => id).join(', ')}`);
    const used = existsSync(join(dataDir, 'log.db'));
    if (!used) return ok(check, `none yet; the first start creates ${storesFile} with one shop`);
    const action = `put the stores.json of a backup at ${storesFile}, or set STORES_FILE; a start creates new keys`;
    return problem(check, `expected ${storesFile} beside the log, found none`, action);
  } catch (error) {
    return problem(
      check,
      messageOf(error),
      'correct that value; see docs/reference/stores-file.md',
    );
  }
}

/** Checks who may read and write the data folder. */
export async function examinePermissions({ dataDir, storesFile }: Config): Promise<Finding[]> {
  const check = 'permissions';
  if (!existsSync(dataDir)) return [ok(check, `${dataDir} does not exist yet; a start creates it`)];
  try {
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const action = `give ${dataDir} to the user that runs the server (chown), with mode 700`;
    return [problem(check, `expected read and write access to ${dataDir}, found none`, action)];
  }
  const exposed: Finding[] = [];
  for (const path of [storesFile, join(dataDir, 'api-key.txt')]) {
    if (!existsSync(path)) continue;
    const { mode } = await stat(path);
    if ((mode & OTHERS) === 0) continue;
    const found = `other users may read ${path} (mode ${(mode & 0o777).toString(8)})`;
    exposed.push(warning(check, found, `chmod 600 ${path}`));
  }
  return exposed.length > 0
    ? exposed
    : [ok(check, `${dataDir} is writable; keys are readable by the owner only`)];
}

/** Checks the free space on the disk of the data folder. */
export async function examineDisk({ dataDir }: Config): Promise<Finding> {
  const check = 'disk';
  const { bavail, blocks, bsize } = await statfs(existsSync(dataDir) ? dataDir : '.');
  const bytes = bavail * bsize;
  const share = bavail / blocks;
  const found = `${Math.floor(bytes / MIB)} MiB free (${Math.floor(share * 100)} %)`;
  const under = (limit: typeof FREE_WARNING) => bytes < limit.bytes || share < limit.share;
  const action = `free space on the disk of ${dataDir}; see docs/operating/disk-full.md`;
  if (bytes < FREE_PROBLEM.bytes || share < FREE_PROBLEM.share) {
    return problem(check, found, action);
  }
  return under(FREE_WARNING) && bytes < FREE_WARNING.bytes
    ? warning(check, found, action)
    : ok(check, found);
}

/** Checks whether a server uses the folder, and its health. */
export async function examineServer({ dataDir }: Config): Promise<Finding> {
  const check = 'server';
  const holder = readHolder(dataDir);
  if (!holder) return ok(check, 'no server uses this data folder');
  const who = `process ${holder.pid} since ${holder.since}`;
  if (!isAlive(holder.pid)) {
    const action = `none: the next start takes the folder over`;
    return warning(check, `holder.json names ${who}, which is gone: it was killed`, action);
  }
  if (holder.address === undefined) return ok(check, `${who}, starting`);
  try {
    const url = new URL('/health/ready', holder.address);
    const { status } = await fetch(url, { signal: AbortSignal.timeout(RESPONSE_MS) });
    if (status === 200) return ok(check, `${who} at ${holder.address} is ready`);
    const action = 'check GET /health and its log; see docs/operating/README.md';
    return warning(check, `${who} at ${holder.address} responds with ${status}`, action);
  } catch (error) {
    const action = 'check its log; stop it (SIGTERM) and start it again';
    const found = `${who} does not respond at ${holder.address}: ${messageOf(error)}`;
    return problem(check, found, action);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
