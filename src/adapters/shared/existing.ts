/** Looks values up by name, and leaves out the missing ones. */
export function existing<T>(
  names: readonly string[],
  get: (name: string) => T | undefined,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const name of names) {
    const value = get(name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}
