import { type Config, readConfig } from '../../config.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Finding } from '../operations.ts';
import { examineClock, examineLeases, examineReadModels } from './content.ts';
import { messageOf, ok, problem } from './finding.ts';
import { examineDisk, examinePermissions, examineServer, examineShopsFile } from './machine.ts';
import { examineSharedLog } from './shared-log.ts';
import { openReadOnly } from './storage.ts';

const OLDEST_NODE = [20, 19] as const;
const QUIET: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * Checks everything that the system depends on, without changing anything. A server may be running.
 * A check that fails is a finding itself, and the others continue.
 */
export async function examine(
  env: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [examineNode()];
  let config: Config;
  try {
    config = readConfig(env);
    findings.push(ok('configuration', `data in ${config.dataDir}, log: ${config.eventStore}`));
  } catch (error) {
    const action = 'correct the environment; see docs/reference/config.md';
    return [...findings, problem('configuration', messageOf(error), action)];
  }
  const run = async (check: string, examineIt: () => Promise<Finding | readonly Finding[]>) => {
    try {
      findings.push(...[await examineIt()].flat());
    } catch (error) {
      const action = 'correct what the message names, then run the doctor again';
      findings.push(problem(check, `could not be checked: ${messageOf(error)}`, action));
    }
  };
  await run('stores file', () => examineShopsFile(config));
  await run('permissions', () => examinePermissions(config));
  await run('disk', () => examineDisk(config));
  await run('server', () => examineServer(config));
  const opened = await openReadOnly(config, QUIET);
  try {
    findings.push(...opened.findings);
    const { log, sharedLog, readStore, leases } = opened;
    if (sharedLog) await run('shared log', () => examineSharedLog(sharedLog));
    await run('clock', () => examineClock(nowMs, log));
    if (log && readStore) await run('read models', () => examineReadModels(log, readStore));
    if (leases) await run('leases', () => examineLeases(leases));
  } finally {
    await opened.close();
  }
  return findings;
}

function examineNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const found = `Node ${process.versions.node}`;
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!old) return ok('node', found);
  return problem('node', found, `install Node ${OLDEST_NODE.join('.')} or newer`);
}
