import type { Clock } from '../../ports/clock.ts';
import type { Lease, Leases } from '../../ports/lease.ts';

interface Kept {
  readonly holder: string;
  readonly token: number;
  readonly until: number;
}

/** Leases of one process, or of a simulated world. */
export function createMemoryLeases(clock: Clock): Leases {
  const kept = new Map<string, Kept>();

  const leaseOf = (name: string, { holder, token, until }: Kept): Lease => ({
    name,
    holder,
    token,
    expiresInMs: until - clock.now(),
  });

  return {
    async acquire(name, holder, ttlMs) {
      const before = kept.get(name);
      const now = clock.now();
      if (before && before.holder !== holder && before.until > now) return undefined;
      const token =
        before?.holder === holder && before.until > now ? before.token : (before?.token ?? 0) + 1;
      const next = { holder, token, until: now + ttlMs };
      kept.set(name, next);
      return leaseOf(name, next);
    },
    async release(name, holder) {
      const before = kept.get(name);
      if (before?.holder === holder) kept.set(name, { ...before, until: 0 });
    },
    async held() {
      const now = clock.now();
      return [...kept]
        .filter(([, { until }]) => until > now)
        .map(([name, lease]) => leaseOf(name, lease))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
