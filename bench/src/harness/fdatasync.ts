import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { percentile } from './statistics.ts';

const TIMES = 200;
const BLOCK = Buffer.alloc(4_096, 1);

/**
 * Milliseconds that one fdatasync of one 4 KiB block takes in this folder: what durability costs.
 * The file has its size already, as a write-ahead log has it that was written through once.
 */
export function fdatasyncP50Ms(folder: string): number {
  const path = join(folder, 'fdatasync.tmp');
  const file = openSync(path, 'w');
  const tookMs: number[] = [];
  try {
    writeSync(file, Buffer.alloc(TIMES * BLOCK.length));
    fdatasyncSync(file);
    for (let i = 0; i < TIMES; i++) {
      writeSync(file, BLOCK, 0, BLOCK.length, i * BLOCK.length);
      const from = performance.now();
      fdatasyncSync(file);
      tookMs.push(performance.now() - from);
    }
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return percentile(tookMs, 0.5);
}
