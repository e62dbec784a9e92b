import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writePlainSpreads } from '../../bundle/spreads.ts';
import { projectFolder } from './paths.ts';

// `npm run bench`: installs the peers when they are missing, compiles the product and the bench to
// plain JavaScript (what is measured is what runs in production, not what a loader makes of it),
// and runs the bench.

const ROOT = projectFolder();
const BENCH = join(ROOT, 'bench');

function run(command: string, args: readonly string[], folder: string): boolean {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  return status === 0;
}

/** The packages of the peers, by their folder: one on SQLite, one on EventStoreDB. */
const PEERS = [
  [BENCH, 'node_modules/@event-driven-io/emmett-sqlite'],
  [join(BENCH, 'peer-esdb'), 'node_modules/@event-driven-io/emmett-esdb'],
] as const;

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
}

function hasPeer(folder: string, peer: string): boolean {
  const installed = join(folder, peer, 'package.json');
  if (!existsSync(installed)) return false;
  const { version } = JSON.parse(readFileSync(installed, 'utf8')) as { version: string };
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as LockFile;
  return lock.packages[peer]?.version === version;
}

/** Without the peers everything else can still be measured. */
function installPeers(): void {
  for (const [folder, peer] of PEERS) {
    if (hasPeer(folder, peer)) continue;
    process.stderr.write(`installing ${peer} (a SQLite may have to be compiled: minutes)\n`);
    if (run('npm', ['ci', '--no-audit', '--no-fund'], folder)) continue;
    process.stderr.write('the peer could not be installed; going on without it\n');
  }
}

function compile(project: string, output: string): void {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  if (run(process.execPath, [compiler, '-p', project], ROOT)) return;
  if (!existsSync(output)) throw new Error(`${project} did not compile`);
  process.stderr.write(`${project} has type errors; going on with what was compiled\n`);
}

const entry = join(ROOT, 'dist', 'bench', 'bench', 'src', 'bench.js');
installPeers();
if (!run('npm', ['run', 'build', '--silent'], ROOT)) throw new Error('the product did not compile');
// Not below bench/: its node_modules would stand in for the product's own.
compile(join(BENCH, 'tsconfig.json'), entry);
// As the server has it.
writePlainSpreads(join(ROOT, 'dist', 'bench'));
const bench = spawn(process.execPath, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
// The bench ends its servers and removes its files; so it is told, and waited for.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => bench.kill(signal));
bench.once('exit', (status) => {
  process.exitCode = status ?? 1;
});
