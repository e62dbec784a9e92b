import { comparePositions } from '../../domain/kernel/position.ts';
import type { Checkpoint } from '../../ports/read-store.ts';

/** Whether both are the same position of the same log, or both are missing. */
export function sameCheckpoint(a: Checkpoint | undefined, b: Checkpoint | undefined): boolean {
  if (!a || !b) return a === b;
  return a.logId === b.logId && comparePositions(a.position, b.position) === 0;
}
