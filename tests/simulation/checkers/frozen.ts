/** All the way down: what is frozen cannot be changed by anybody. */
export function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (!Object.isFrozen(value)) return false;
  for (const name in value) if (!isFrozen((value as Record<string, unknown>)[name])) return false;
  return true;
}

/** Freezes what is new in a value; the parts that it shares with an earlier one are frozen. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const name in value) freeze(value[name]);
  return value;
}
