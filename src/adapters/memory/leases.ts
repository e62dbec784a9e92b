import type { Clock } from '../../ports/clock.ts';
import type { Lease, Leases } from '../../ports/lease.ts';

interface StoredLease {
  readonly holder: string;
  readonly token: number;
  readonly untilMs: number;
}

/** Leases of a single instance, or of a simulated world. */
export function createMemoryLeases(clock: Clock): Leases {
  const leases = new Map<string, StoredLease>();

  const leaseOf = (name: string, { holder, token, untilMs }: StoredLease): Lease => ({
    name,
    holder,
    token,
    expiresInMs: untilMs - clock.now(),
  });

  return {
    async acquire(name, holder, ttlMs) {
      const before = leases.get(name);
      const now = clock.now();
      if (before && before.holder !== holder && before.untilMs > now) return undefined;
      const token =
        before?.holder === holder && before.untilMs > now ? before.token : (before?.token ?? 0) + 1;
      const next = { holder, token, untilMs: now + ttlMs };
      leases.set(name, next);
      return leaseOf(name, next);
    },
    async release(name, holder) {
      const before = leases.get(name);
      if (before?.holder === holder) leases.set(name, { ...before, untilMs: 0 });
    },
    async held() {
      const now = clock.now();
      return [...leases]
        .filter(([, { untilMs }]) => untilMs > now)
        .map(([name, lease]) => leaseOf(name, lease))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
