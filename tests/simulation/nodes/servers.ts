import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { EventLog, ExpectedRevision } from '../../../src/ports/event-log.ts';
import type { Leases } from '../../../src/ports/lease.ts';
import type { CommitOutcome, ReadStore, ReadStoreCommit } from '../../../src/ports/read-store.ts';
import type { Snapshot } from '../../../src/ports/snapshot-store.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import type { Mutant } from '../mutants/mutant.ts';
import type { Conditions } from '../world/conditions.ts';

/** An append as it came to the log. */
export interface SeenAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly ids: readonly string[];
  readonly commandId: string;
}

/** What happened to the read store, in order. */
export type SeenChange =
  | { readonly kind: 'commit'; readonly commit: ReadStoreCommit; readonly outcome: CommitOutcome }
  /** A claim by the holder of a lease, granted. */
  | { readonly kind: 'claimed'; readonly checkpoint: string; readonly token: number }
  | { readonly kind: 'dropped'; readonly collection: string }
  | { readonly kind: 'reset'; readonly checkpoint: string };

/** A lease as it was granted. */
export interface SeenGrant {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
}

/** Where everything is stored: the same for all nodes, and outliving each of them. */
export interface Servers {
  readonly log: EventLog;
  readonly readStore: ReadStore;
  readonly snapshots: Map<string, Snapshot>;
  readonly vault: Vault;
  readonly leases: Leases;
  /** The log's content, as it lies there. */
  readonly recorded: readonly RecordedEvent[];
  readonly appends: SeenAppend[];
  readonly changes: SeenChange[];
  readonly grants: SeenGrant[];
  /** Called after each append that was stored. */
  onGrowth: () => void;
}

export function createServers({ world, faults }: Conditions, mutant: Mutant): Servers {
  const rnd = world.rnd('servers');
  const clock = {
    now: () => Math.floor(world.startedAt + world.now),
    sleep: () => Promise.reject(new Error('expected no server to sleep')),
  };
  const ids = { uuid: () => rnd.uuid(), random: () => rnd.next() };
  const logClock = { ...clock, now: () => mutant.logTime?.(clock.now(), world) ?? clock.now() };
  const memoryLog = createMemoryEventLog({ clock: logClock, ids, frozenReads: true });
  const inner = mutant.log?.(memoryLog, world) ?? memoryLog;
  const memoryStore = createMemoryReadStore({ frozenReads: true });
  const store = mutant.readStore?.(memoryStore, world) ?? memoryStore;
  const memoryLeases = createMemoryLeases(clock);
  const leases = mutant.leases?.(memoryLeases) ?? memoryLeases;
  const appends: SeenAppend[] = [];
  const changes: SeenChange[] = [];
  const grants: SeenGrant[] = [];

  const servers: Servers = {
    log: {
      ...inner,
      async append(stream, expected, events) {
        const commandId = events[0]?.metadata.commandId ?? '';
        appends.push({ stream, expected, ids: events.map(({ id }) => id), commandId });
        const before = memoryLog.recorded.length;
        const outcome = await inner.append(stream, expected, events);
        if (memoryLog.recorded.length > before) servers.onGrowth();
        return outcome;
      },
    },
    readStore: {
      ...store,
      async commit(commit) {
        const outcome = await store.commit(commit);
        changes.push({ kind: 'commit', commit, outcome });
        return outcome;
      },
      async claimCheckpoint(checkpoint, token) {
        const granted = await store.claimCheckpoint(checkpoint, token);
        if (granted) changes.push({ kind: 'claimed', checkpoint, token });
        return granted;
      },
      async dropCollection(collection) {
        await store.dropCollection(collection);
        changes.push({ kind: 'dropped', collection });
      },
      async resetCheckpoint(checkpoint) {
        await store.resetCheckpoint(checkpoint);
        changes.push({ kind: 'reset', checkpoint });
      },
    },
    snapshots: new Map(),
    vault: createMemoryVault(clock),
    leases: {
      ...leases,
      async acquire(name, holder, ttlMs) {
        if (rnd.chance(faults.leaseLost)) {
          const held = (await memoryLeases.held()).find((lease) => lease.name === name);
          if (held) await memoryLeases.release(name, held.holder);
        }
        const lease = await leases.acquire(name, holder, ttlMs);
        if (lease) grants.push({ name, holder, token: lease.token });
        return lease;
      },
    },
    recorded: memoryLog.recorded,
    appends,
    changes,
    grants,
    onGrowth: () => undefined,
  };
  return servers;
}
