/** Things that a provider holds. Reads can be made to lag behind by one change of each. */
export function createHeld<T extends { readonly id: string }>(isStale: () => boolean) {
  const now = new Map<string, T>();
  const before = new Map<string, T | undefined>();
  const seen = (id: string) => (isStale() && before.has(id) ? before.get(id) : now.get(id));
  return {
    put(thing: T): T {
      before.set(thing.id, now.get(thing.id));
      now.set(thing.id, thing);
      return thing;
    },
    /** As it is, for changes. */
    current: (id: string) => now.get(id),
    /** As a read shows it. */
    seen,
    allSeen: () =>
      [...now.keys()].flatMap((id) => {
        const thing = seen(id);
        return thing ? [thing] : [];
      }),
    all: () => [...now.values()],
  };
}

export type Held<T extends { readonly id: string }> = ReturnType<typeof createHeld<T>>;
