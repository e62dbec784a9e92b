import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Lease, Leases } from '../../ports/lease.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RunningWork, WorkUnit } from './work-unit.ts';

/** Prefix of the leases by which the instances that take work count one another. */
const WORKER_PREFIX = 'worker.';
/** Renewals of a lease within its time to live. */
const RENEWALS = 3;
/** Leases that are renewed at once: one after the other, many outlast their time to live. */
const PARALLEL = 8;

export interface LeaseSchedulerOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Names this instance among those that share the work. */
  readonly holder: string;
  readonly ttlMs: number;
  readonly units: readonly WorkUnit[];
}

/** Shares units of work among instances: each unit runs in one of them, and none is left (K11). */
export interface LeaseScheduler {
  start(): void;
  /** Ends the work and releases the leases, so that other instances take over at once. */
  stop(): Promise<void>;
  /** Names of the units that run here. */
  held(): readonly string[];
}

interface HeldUnit {
  readonly token: number;
  readonly work: RunningWork;
  /** By this instance's clock, from before the request for the lease: never after its real end. */
  validUntil: number;
}

export function createLeaseScheduler(options: LeaseSchedulerOptions): LeaseScheduler {
  const { leases, clock, ids, logger, holder, ttlMs, units } = options;
  const heldUnits = new Map<string, HeldUnit>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  /** Until when other instances count this one. */
  let presentUntil = 0;

  async function end(name: string, release: boolean): Promise<void> {
    const held = heldUnits.get(name);
    if (!held) return;
    heldUnits.delete(name);
    try {
      await held.work.end();
      if (release) await leases.release(name, holder);
    } catch (error) {
      logger.warn({ unit: name, error: String(error) }, 'work unit did not end cleanly');
    }
  }

  async function renew(name: string, held: HeldUnit): Promise<void> {
    const requestedAt = clock.now();
    const lease = await leases.acquire(name, holder, ttlMs);
    if (lease?.token === held.token) {
      held.validUntil = requestedAt + ttlMs;
      return;
    }
    logger.warn({ unit: name }, 'lease lost to another instance');
    // A lease that expired and was acquired again has a new token: the unit begins again under it.
    await end(name, lease !== undefined);
  }

  async function acquire(unit: WorkUnit): Promise<void> {
    const requestedAt = clock.now();
    const lease = await leases.acquire(unit.name, holder, ttlMs);
    if (!lease) return;
    const { token } = lease;
    try {
      const work = await unit.begin({ token, lost: () => void end(unit.name, false) });
      heldUnits.set(unit.name, { token, work, validUntil: requestedAt + ttlMs });
      logger.info({ unit: unit.name, token }, 'work unit started in this instance');
    } catch (error) {
      logger.warn({ unit: unit.name, error: String(error) }, 'work unit could not start');
      await leases.release(unit.name, holder);
    }
  }

  async function renewPresence(): Promise<void> {
    const requestedAt = clock.now();
    await leases.acquire(`${WORKER_PREFIX}${holder}`, holder, ttlMs);
    presentUntil = requestedAt + ttlMs;
  }

  /** Renews what is due: units take long to begin, and what runs must not expire meanwhile. */
  async function renewDue(): Promise<void> {
    const isDue = (validUntil: number) => validUntil - clock.now() <= ttlMs - ttlMs / RENEWALS;
    if (isDue(presentUntil)) await renewPresence();
    await renewAll([...heldUnits].filter(([, { validUntil }]) => isDue(validUntil)));
  }

  async function renewAll(due: readonly (readonly [string, HeldUnit])[]): Promise<void> {
    for (let i = 0; i < due.length; i += PARALLEL) {
      const some = due.slice(i, i + PARALLEL).map(([name, held]) => renew(name, held));
      const failed = (await Promise.allSettled(some)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }

  async function round(): Promise<void> {
    await renewPresence();
    await renewAll([...heldUnits]);
    const held = await leases.held();
    const share = fairShare(held, units.length);
    for (const name of [...heldUnits.keys()].slice(share)) await end(name, true);
    const taken = new Set(held.map(({ name }) => name));
    for (const unit of units) {
      if (stopping.signal.aborted || heldUnits.size >= share) return;
      if (taken.has(unit.name)) continue;
      await acquire(unit);
      await renewDue();
    }
  }

  /** Releases work whose lease could not be renewed in time. */
  async function endExpired(): Promise<void> {
    for (const [name, { validUntil }] of [...heldUnits]) {
      if (clock.now() < validUntil) continue;
      logger.warn({ unit: name }, 'lease could not be renewed in time');
      await end(name, false);
    }
  }

  async function runRounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await endExpired();
        await round();
      } catch (error) {
        logger.warn({ error: String(error) }, 'leases not reachable; retrying');
      }
      await clock.sleep((ttlMs / RENEWALS) * (0.75 + ids.random() / 4), stopping.signal);
    }
  }

  return {
    start() {
      if (units.length > 0) running ??= runRounds();
    },
    async stop() {
      stopping.abort();
      await running;
      for (const name of [...heldUnits.keys()]) await end(name, true);
      if (running) await leases.release(`${WORKER_PREFIX}${holder}`, holder).catch(() => undefined);
    },
    held: () => [...heldUnits.keys()],
  };
}

/** This worker's fair share of the units, rounded up. */
function fairShare(held: readonly Lease[], units: number): number {
  const workers = held.filter(({ name }) => name.startsWith(WORKER_PREFIX)).length;
  return Math.ceil(units / Math.max(1, workers));
}
