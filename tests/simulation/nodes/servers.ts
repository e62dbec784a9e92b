import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { EventLog, ExpectedRevision } from '../../../src/ports/event-log.ts';
import type { KeyRing } from '../../../src/ports/key-ring.ts';
import type { Leases } from '../../../src/ports/lease.ts';
import type { CommitOutcome, ReadStore, ReadStoreCommit } from '../../../src/ports/read-store.ts';
import type { Snapshot } from '../../../src/ports/snapshot-store.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import type { Mutant } from '../mutants/mutant.ts';
import type { Conditions } from '../world/conditions.ts';
import { createSimCache, type SimCache } from './cache.ts';
import { createSimMail, type SimMail } from './mail.ts';
import { createSimPayments, type SimPayments } from './payment-provider.ts';
import { createSimCipher, type SimCipher } from './personal-data.ts';
import { createSimProviders, type SimProviders } from './providers.ts';
import { type SeenTokens, watchTokens } from './stored-tokens.ts';

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
  /** Tokens of connections as they came into the vault. */
  readonly storedTokens: readonly SeenTokens[];
  readonly leases: Leases;
  readonly keyRing: KeyRing;
  readonly cipher: SimCipher;
  readonly payments: SimPayments;
  readonly providers: SimProviders;
  readonly mail: SimMail;
  readonly cache: SimCache;
  /** The log's content, as it lies there. */
  readonly stored: readonly RecordedEvent[];
  /** The log's content with its personal data as it was given. */
  readonly recorded: readonly RecordedEvent[];
  readonly appends: SeenAppend[];
  readonly changes: SeenChange[];
  readonly grants: SeenGrant[];
  /** Called after each append that was stored. */
  onGrowth: () => void;
}

export function createServers(conditions: Conditions, mutant: Mutant): Servers {
  const { world, faults } = conditions;
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
  const memoryVault = createMemoryVault(clock);
  const memoryLeases = createMemoryLeases(clock);
  const leases = mutant.leases?.(memoryLeases) ?? memoryLeases;
  const appends: SeenAppend[] = [];
  const changes: SeenChange[] = [];
  const grants: SeenGrant[] = [];

  const opened: RecordedEvent[] = [];
  const cipher = createSimCipher(world);
  const watched = watchTokens(memoryVault, () => world.now, cipher.textOf);
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
    vault: mutant.vault?.(watched.vault) ?? watched.vault,
    storedTokens: watched.stored,
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
    keyRing: createMemoryKeyRing(),
    cipher,
    payments: createSimPayments(conditions),
    providers: createSimProviders(conditions),
    mail: createSimMail(conditions),
    cache: createSimCache(),
    stored: memoryLog.recorded,
    get recorded() {
      const { recorded } = memoryLog;
      for (let i = opened.length; i < recorded.length; i++) {
        opened.push(cipher.opened(recorded[i] as RecordedEvent));
      }
      return opened;
    },
    appends,
    changes,
    grants,
    onGrowth: () => undefined,
  };
  return servers;
}
