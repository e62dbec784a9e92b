import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SERVER = new URL('../../dist/main.js', import.meta.url).pathname;

export interface FailedStart {
  readonly code: number | null;
  /** The lines on standard error that are no log lines. */
  readonly lines: readonly string[];
  readonly log: readonly string[];
}

export interface StartAs {
  readonly env?: Readonly<Record<string, string>>;
  /** User and group id, for a start without the rights of root. */
  readonly uid?: number;
}

/** Starts the built server, which is expected to refuse; one that listens is stopped. */
export async function failedStart(dataDir: string, how: StartAs = {}): Promise<FailedStart> {
  const { env = {}, uid } = how;
  const child = spawn(process.execPath, [SERVER], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...env },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('listens at')) child.kill('SIGTERM');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const all = errors.split('\n').filter((line) => line !== '');
  const isLog = (line: string) => line.startsWith('{');
  return { code, lines: all.filter((line) => !isLog(line)), log: all.filter(isLog) };
}
