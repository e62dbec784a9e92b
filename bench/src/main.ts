import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writePlainSpreads } from '../../bundle/spreads.ts';
import { projectFolder } from './paths.ts';

// `npm run bench`: installs the peer when it is missing, compiles the product and the bench to
// plain JavaScript (what is measured is what runs in production, not what a loader makes of it),
// and runs the bench.

const ROOT = projectFolder();
const BENCH = join(ROOT, 'bench');

function run(command: string, args: readonly string[], folder: string): boolean {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  return status === 0;
}

const PEER = 'node_modules/@event-driven-io/emmett-sqlite';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
}

function hasPeer(): boolean {
  const installed = join(BENCH, PEER, 'package.json');
  if (!existsSync(installed)) return false;
  const { version } = JSON.parse(readFileSync(installed, 'utf8')) as { version: string };
  const lock = JSON.parse(readFileSync(join(BENCH, 'package-lock.json'), 'utf8')) as LockFile;
  return lock.packages[PEER]?.version === version;
}

/** Without the peer everything else can still be measured. */
function installPeer(): void {
  if (hasPeer()) return;
  process.stderr.write('installing the peer (its SQLite may have to be compiled: minutes)\n');
  if (run('npm', ['ci', '--no-audit', '--no-fund'], BENCH)) return;
  process.stderr.write('the peer could not be installed; going on without it\n');
}

function compile(project: string, output: string): void {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  if (run(process.execPath, [compiler, '-p', project], ROOT)) return;
  if (!existsSync(output)) throw new Error(`${project} did not compile`);
  process.stderr.write(`${project} has type errors; going on with what was compiled\n`);
}

const entry = join(ROOT, 'dist', 'bench', 'bench', 'src', 'bench.js');
installPeer();
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
