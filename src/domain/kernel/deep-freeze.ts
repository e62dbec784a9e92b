/**
 * Freezes a value all the way down, so that no receiver can change it for the next one.
 * What is frozen is taken to be so throughout: parts shared with an earlier value cost nothing.
 */
export function deepFreeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) deepFreeze(value[key]);
  return value;
}
