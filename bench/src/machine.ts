import { cpus, freemem, release, totalmem, type } from 'node:os';

/** What the figures were measured on; no name of a host, a user or a folder. */
export interface Machine {
  readonly at: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly freeMemoryGiB: number;
  readonly os: string;
  readonly arch: string;
  readonly node: string;
}

const GIB = 1024 ** 3;

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    at: new Date().toISOString(),
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / GIB),
    freeMemoryGiB: Math.round(freemem() / GIB),
    os: `${type()} ${release()}`,
    arch: process.arch,
    node: process.version,
  };
}
