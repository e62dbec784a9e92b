/** Values in a command above which each step of its execution is a turn of its own. */
const MAX_VALUES_PER_TURN = 2_000;

/**
 * Whether the steps of a command (hash, decide, check, fold) take so long together that other
 * requests should run in between. Counts values and not time, so that a simulation stays the same.
 */
export function isLarge(command: unknown): boolean {
  let values = 0;
  const pending: unknown[] = [command];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value === null || typeof value !== 'object') continue;
    const children: unknown[] = Object.values(value);
    values += children.length;
    if (values > MAX_VALUES_PER_TURN) return true;
    for (const child of children) if (child !== undefined) pending.push(child);
  }
  return false;
}
