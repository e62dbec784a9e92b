/** The values that there are, by name. */
export function present<T>(
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
