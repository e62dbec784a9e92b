import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { readHolder } from '../../adapters/sqlite/data-folder-lock.ts';
import { ownFiles } from '../../adapters/system/own-files.ts';
import { readShopsFile } from '../../adapters/system/shops-file.ts';
import type { Config } from '../../config.ts';
import type { Finding } from '../operations.ts';
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
  const findings: Finding[] = [];
  for (const path of new Set([storesFile, ...ownFiles(dataDir, storesFile)])) {
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    if ((found.mode & OTHERS) !== 0) {
      const mode = found.isDirectory() ? 700 : 600;
      const exposed = `other users may read ${path} (mode ${(found.mode & 0o777).toString(8)})`;
      findings.push(warning(check, exposed, `chmod ${mode} ${path}`));
    }
    if (await isUsable(path)) continue;
    const action = `give ${path} to the user that runs the server (chown)`;
    findings.push(problem(check, `expected read and write access to ${path}, found none`, action));
  }
  return findings.length > 0
    ? findings
    : [ok(check, `${dataDir} is writable; its files are readable by their owner only`)];
}

async function isUsable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
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
    return judgeHealth(`${who} at ${holder.address}`, await readHealth(holder.address));
  } catch (error) {
    const action = 'check its log; stop it (SIGTERM) and start it again';
    const found = `${who} does not respond at ${holder.address}: ${messageOf(error)}`;
    return problem(check, found, action);
  }
}

/** The parts of `GET /health` that the doctor reads; an older server may lack some. */
interface Health {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; reason: string }[];
  readonly projections: Readonly<Record<string, unknown>>;
  readonly processes?: { readonly failing: readonly string[] };
  readonly writes?: string;
}

async function readHealth(address: string): Promise<Health> {
  const signal = AbortSignal.timeout(RESPONSE_MS);
  const response = await fetch(new URL('/health', address), { signal });
  return (await response.json()) as Health;
}

function judgeHealth(server: string, health: Health): Finding {
  const check = 'server';
  const troubles = troublesOf(health);
  if (troubles.length === 0 && health.status === 'ok') return ok(check, `${server} is ready`);
  const found = `${server} is ${health.status}: ${troubles.join('; ')}`;
  const action = 'see GET /health/detailed, its log, and docs/operating/README.md';
  const isStopped = health.status === 'unavailable' || health.writes === 'failing';
  return isStopped ? problem(check, found, action) : warning(check, found, action);
}

function troublesOf({ checks, projections, processes, writes }: Health): string[] {
  const failed = checks.filter((each) => !each.ok).map(({ name, reason }) => `${name}: ${reason}`);
  const states = ['behind', 'blocked', 'paused', 'failing', 'unassigned'].flatMap((state) => {
    const names = projections[state];
    if (!Array.isArray(names) || names.length === 0) return [];
    return [`read models ${state}: ${names.join(', ')}`];
  });
  const stuck = processes?.failing ?? [];
  return [
    ...failed,
    ...states,
    ...(stuck.length > 0 ? [`processes failing: ${stuck.join(', ')}`] : []),
    ...(writes === 'failing' ? ['the event log stores no events'] : []),
  ];
}

/** Whether a process holds the data folder, as far as `holder.json` shows it. */
export function isInUse(dataDir: string): boolean {
  const holder = readHolder(dataDir);
  return holder !== undefined && isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
