import type { KeyRing, MasterKey } from '../../ports/key-ring.ts';

/** Master keys of a single process, or of a simulated world. */
export function createMemoryKeyRing(): KeyRing {
  const keys = new Map<string, MasterKey>();
  let current: MasterKey | undefined;
  return {
    source: 'memory',
    canAdd: true,
    current: () => current,
    find: (id) => keys.get(id),
    reload: () => Promise.resolve(),
    async add(key) {
      keys.set(key.id, key);
      current = key;
    },
  };
}
