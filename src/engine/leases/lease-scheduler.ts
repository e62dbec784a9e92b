import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Lease, Leases } from '../../ports/lease.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RunningWork, WorkUnit } from './work-unit.ts';

/** Leases by which the processes that could work know of one another. */
const WORKER_PREFIX = 'worker.';
/** How often a lease is renewed within its time. */
const RENEWALS = 3;

export interface LeaseSchedulerOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Names this process among those that share the work. */
  readonly holder: string;
  readonly ttlMs: number;
  readonly units: readonly WorkUnit[];
}

/** Shares units of work among processes: each is done by one of them, all by somebody (K11). */
export interface LeaseScheduler {
  start(): void;
  /** Ends the work and gives the leases back, so that others take over at once. */
  stop(): Promise<void>;
  /** Names of the units that are done here. */
  held(): readonly string[];
}

interface Held {
  readonly token: number;
  readonly work: RunningWork;
  /** By our own clock, counted from before the lease was asked for: never later than it ends. */
  validUntil: number;
}

export function createLeaseScheduler(options: LeaseSchedulerOptions): LeaseScheduler {
  const { leases, clock, ids, logger, holder, ttlMs, units } = options;
  const mine = new Map<string, Held>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function end(name: string, giveBack: boolean): Promise<void> {
    const held = mine.get(name);
    if (!held) return;
    mine.delete(name);
    try {
      await held.work.end();
      if (giveBack) await leases.release(name, holder);
    } catch (error) {
      logger.warn({ unit: name, error: String(error) }, 'work did not end as it should');
    }
  }

  async function renew(name: string, held: Held): Promise<void> {
    const asked = clock.now();
    const lease = await leases.acquire(name, holder, ttlMs);
    if (lease?.token === held.token) {
      held.validUntil = asked + ttlMs;
      return;
    }
    logger.warn({ unit: name }, 'the lease went to another process');
    // When it has expired and came to us again, it is begun anew under its new token.
    await end(name, lease !== undefined);
  }

  async function take(unit: WorkUnit): Promise<void> {
    const asked = clock.now();
    const lease = await leases.acquire(unit.name, holder, ttlMs);
    if (!lease) return;
    try {
      const work = await unit.begin({
        token: lease.token,
        lost: () => void end(unit.name, false),
      });
      mine.set(unit.name, { token: lease.token, work, validUntil: asked + ttlMs });
      logger.info({ unit: unit.name, token: lease.token }, 'this process does this work now');
    } catch (error) {
      logger.warn({ unit: unit.name, error: String(error) }, 'work could not be begun');
      await leases.release(unit.name, holder);
    }
  }

  async function round(): Promise<void> {
    await leases.acquire(`${WORKER_PREFIX}${holder}`, holder, ttlMs);
    for (const [name, held] of [...mine]) await renew(name, held);
    const held = await leases.held();
    const share = fairShare(held, units.length);
    for (const name of [...mine.keys()].slice(share)) await end(name, true);
    const taken = new Set(held.map(({ name }) => name));
    for (const unit of units) {
      if (stopping.signal.aborted || mine.size >= share) return;
      if (!taken.has(unit.name)) await take(unit);
    }
  }

  /** Without an answer from who keeps the leases, they run out. */
  async function endExpired(): Promise<void> {
    for (const [name, { validUntil }] of [...mine]) {
      if (clock.now() < validUntil) continue;
      logger.warn({ unit: name }, 'the lease could not be renewed in time');
      await end(name, false);
    }
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await endExpired();
        await round();
      } catch (error) {
        logger.warn({ error: String(error) }, 'the leases cannot be reached; trying again');
      }
      await clock.sleep((ttlMs / RENEWALS) * (0.75 + ids.random() / 4), stopping.signal);
    }
  }

  return {
    start() {
      if (units.length > 0) running ??= work();
    },
    async stop() {
      stopping.abort();
      await running;
      for (const name of [...mine.keys()]) await end(name, true);
      if (running) await leases.release(`${WORKER_PREFIX}${holder}`, holder).catch(() => undefined);
    },
    held: () => [...mine.keys()],
  };
}

/** As many units as make it even; one more where they cannot be. */
function fairShare(held: readonly Lease[], units: number): number {
  const workers = held.filter(({ name }) => name.startsWith(WORKER_PREFIX)).length;
  return Math.ceil(units / Math.max(1, workers));
}
