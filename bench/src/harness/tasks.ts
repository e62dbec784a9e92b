import type { Setup } from './task.ts';

/** Every task by name. Each is loaded only in the process that runs it. */
export const TASKS = {
  'generate/log': async () => (await import('../inputs/generate-log.ts')).setup,
  'generate/peer-log': async () => (await import('../inputs/generate-peer-log.ts')).setup,
  'generate/shop': async () => (await import('../inputs/generate-shop.ts')).setup,
  'floor/append': async () => (await import('../floor/append.ts')).setup,
  'ours/append': async () => (await import('../ours/append.ts')).setup,
  'peer/append': async () => (await import('../peer/append.ts')).setup,
  'floor/replay': async () => (await import('../floor/replay.ts')).setup,
  'ours/replay': async () => (await import('../ours/replay.ts')).setup,
  'ours/verify': async () => (await import('../ours/verify.ts')).setup,
  'ours/heal': async () => (await import('../ours/heal.ts')).setup,
  'ours/receipts': async () => (await import('../ours/receipts.ts')).setup,
  'ours/reconcile': async () => (await import('../ours/reconcile.ts')).setup,
  'peer/replay': async () => (await import('../peer/replay.ts')).setup,
  'peer/consumer': async () => (await import('../peer/consumer.ts')).setup,
  'floor/heal': async () => (await import('../floor/heal.ts')).setup,
  'floor/search': async () => (await import('../floor/search.ts')).setup,
  'floor/http': async () => (await import('../floor/http.ts')).setup,
  'servers/append': async () => (await import('../servers/append.ts')).setup,
  'servers/bare-append': async () => (await import('../servers/bare-append.ts')).setup,
  'peer/esdb-append': async () => (await import('../peer/esdb-append.ts')).setup,
  'servers/generate-log': async () => (await import('../servers/generate-log.ts')).setup,
  'servers/replay': async () => (await import('../servers/replay.ts')).setup,
  'servers/bare-read': async () => (await import('../servers/bare-read.ts')).setup,
  'servers/bare-write': async () => (await import('../servers/bare-write.ts')).setup,
  'servers/bare-http': async () => (await import('../servers/bare-http.ts')).setup,
  'floor/saga': async () => (await import('../floor/saga.ts')).setup,
  'load/provider': async () => (await import('../load/provider.ts')).setup,
  'load/burst': async () => (await import('../load/burst.ts')).setup,
  'load/closed': async () => (await import('../load/closed.ts')).setup,
  'load/open': async () => (await import('../load/open.ts')).setup,
} as const satisfies Record<string, () => Promise<Setup>>;

export type TaskName = keyof typeof TASKS;
