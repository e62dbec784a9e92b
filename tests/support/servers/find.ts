import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const DOCKER_RESPONSE_MS = 5_000;

/** Where a suite finds its server, or why there is none. */
export type ServerSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'binary'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string };

export type BinarySource = Exclude<ServerSource, { kind: 'url' }>;

/** A Docker image, run by the Docker engine of this machine. */
export interface ContainerSource {
  readonly kind: 'container';
  readonly image: string;
}

/** A server that a test starts, and may therefore freeze and kill. */
export type Startable = Exclude<BinarySource, { kind: 'none' }> | ContainerSource;

/** A server by URL, else a configured binary, else one on the PATH. */
export function findServer(urlKey: string, binaryKey: string, command: string): ServerSource {
  const url = process.env[urlKey];
  if (url) return { kind: 'url', url };
  const found = findBinary(binaryKey, command);
  if (found.kind === 'binary') return found;
  return { kind: 'none', reason: `${urlKey} is not set and ${found.reason}` };
}

/** For suites that stop and kill their server, which a URL does not allow. */
export function findBinary(binaryKey: string, command: string): BinarySource {
  const named = process.env[binaryKey];
  if (named) return { kind: 'binary', path: named };
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, command);
    if (folder !== '' && isExecutable(path)) return { kind: 'binary', path };
  }
  return {
    kind: 'none',
    reason: `no server to start: ${binaryKey} is not set and ${command} is not on the PATH`,
  };
}

/** A container instead of a binary where a Docker engine runs. A URL is kept. */
export function preferContainer<Source extends ServerSource>(
  source: Source,
  image: string,
): Source | ContainerSource {
  return source.kind !== 'url' && hasDocker() ? { kind: 'container', image } : source;
}

let engineRuns: boolean | undefined;

/** Whether a Docker engine runs here; TEST_CONTAINERS=off disables its use. */
function hasDocker(): boolean {
  if (process.env['TEST_CONTAINERS'] === 'off') return false;
  engineRuns ??=
    spawnSync('docker', ['info'], { stdio: 'ignore', timeout: DOCKER_RESPONSE_MS }).status === 0;
  return engineRuns;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For suites that need several servers: the first missing one, else the first. */
export function allOf(
  first: ServerSource | ContainerSource,
  ...rest: readonly (ServerSource | ContainerSource)[]
): ServerSource | ContainerSource {
  return [first, ...rest].find(({ kind }) => kind === 'none') ?? first;
}

/** The server that a suite may start. Call only inside `describeWith`. */
export function startable(source: ServerSource | ContainerSource): Startable {
  if (source.kind === 'binary' || source.kind === 'container') return source;
  throw new Error(source.kind === 'none' ? source.reason : 'expected a server that can be started');
}
