import { START } from '../../../src/domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../../src/ports/event-log.ts';
import type {
  DocumentWrite,
  ReadStore,
  ReadStoreCommit,
  StoredDocument,
} from '../../../src/ports/read-store.ts';
import { SHOPS } from '../nodes/shops.ts';
import type { World } from '../world/world.ts';
import type { Mutant } from './mutant.ts';

/** A read store to which something else is written than what it was given. */
const committing =
  (how: (commit: ReadStoreCommit, world: World) => ReadStoreCommit) =>
  (store: ReadStore, world: World): ReadStore => ({
    ...store,
    commit: (commit) => store.commit(how(commit, world)),
  });

const withWrites = (
  commit: ReadStoreCommit,
  change: (writes: readonly DocumentWrite[]) => readonly DocumentWrite[],
): ReadStoreCommit => ({
  ...commit,
  documents: (commit.documents ?? []).map((each) => ({ ...each, writes: change(each.writes) })),
});

/** Bugs of a read store, or of who writes to it and reads from it. */
export const readStoreMutants: readonly Mutant[] = [
  {
    name: 'checkpoint-before-write',
    standsFor: 'the checkpoint moves first, and the documents follow',
    nodeReadStore: (store) => ({
      ...store,
      async commit(commit) {
        const outcome = await store.commit({ ...commit, documents: [] });
        const { documents = [] } = commit;
        if (outcome.outcome !== 'done' || documents.length === 0) return outcome;
        return store.commit({ documents, checkpoints: [] });
      },
    }),
  },
  {
    name: 'tail-of-batch-lost',
    standsFor: 'of a batch of documents the last is not written',
    nodeReadStore: committing((commit, world) =>
      withWrites(commit, (writes) =>
        writes.length > 1 && world.rnd('mutant').chance(0.1) ? writes.slice(0, -1) : writes,
      ),
    ),
  },
  {
    name: 'document-to-other-shop',
    standsFor: 'a document is kept as one of another shop',
    nodeReadStore: committing((commit, world) =>
      withWrites(commit, (writes) =>
        writes.map((write) => {
          if (!world.rnd('mutant').chance(0.01)) return write;
          const other = SHOPS.find(({ id }) => id !== write.storeId);
          return { ...write, storeId: other?.id ?? write.storeId };
        }),
      ),
    ),
  },
  {
    name: 'lease-without-fencing',
    standsFor: 'the token of a lease is not looked at, so that an old holder may still write',
    readStore: (store) => ({
      ...store,
      claimCheckpoint: () => Promise.resolve(true),
      async commit(commit) {
        const checkpoints = [];
        for (const { name, from, to } of commit.checkpoints) {
          const stored = await store.checkpoint(name);
          checkpoints.push({ name, from: stored ?? from, to });
        }
        return store.commit({ ...commit, checkpoints });
      },
    }),
  },
  {
    name: 'duplicate-applied-twice',
    standsFor: 'a document does not know how far it was folded',
    nodeReadStore: (store, world) => ({
      ...store,
      async load(collection, keys) {
        const found = await store.load(collection, keys);
        if (!world.rnd('mutant').chance(0.5)) return found;
        const blank = (document: StoredDocument) => ({ ...document, position: START });
        return new Map([...found].map(([key, document]) => [key, blank(document)]));
      },
      revisions: () => Promise.resolve(new Map<string, number>()),
    }),
  },
  {
    name: 'commit-answered-moved',
    standsFor: 'of a commit that was done it is told that somebody else had moved its checkpoint',
    nodeReadStore: (store, world) => ({
      ...store,
      async commit(commit) {
        const outcome = await store.commit(commit);
        const [first] = commit.checkpoints;
        const wrong = first && outcome.outcome === 'done' && world.rnd('mutant').chance(0.05);
        return wrong ? { outcome: 'checkpoint-moved', name: first.name } : outcome;
      },
    }),
  },
  {
    name: 'pause-forgotten',
    standsFor: 'that a read model rests is not noted, and its process alone knows of it',
    nodeReadStore: (store) => ({
      ...store,
      setProjectionStatus: (status) =>
        status.status === 'paused' ? Promise.resolve() : store.setProjectionStatus(status),
    }),
  },
  {
    name: 'gap-ignored',
    standsFor: 'nobody knows which events of a stream were passed on, so that a gap stays',
    nodeLog: (log) => {
      const hidden = new Set<string>();
      return {
        ...log,
        subscribe: (options) => withGaps(log.subscribe(options), hidden),
        readStream: async (stream, options = {}) =>
          hidden.has(`${stream} ${options.from}`) && (options.limit ?? 1_000) < 10
            ? []
            : log.readStream(stream, options),
      };
    },
  },
  {
    name: 'stale-read-served',
    standsFor: 'a document is answered from a cache that nobody clears',
    nodeReadStore: (store) => {
      const cached = new Map<string, unknown>();
      return {
        ...store,
        forStore(storeId) {
          const bound = store.forStore(storeId);
          return {
            ...bound,
            async get(collection, key) {
              const found = cached.get(key) ?? (await bound.get(collection, key));
              cached.set(key, found);
              return found as never;
            },
          };
        },
      };
    },
  },
  {
    name: 'cache-not-invalidated',
    standsFor: 'a change drops another cached entry than that of its document',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        cachedReads: feature.cachedReads.map((read) => ({ ...read, partsOf: () => ['another'] })),
      })),
  },
  {
    name: 'shop-dropped-from-query',
    standsFor: 'a query finds the documents of all shops',
    nodeReadStore: (store) => ({
      ...store,
      forStore: (storeId) => ({
        ...store.forStore(storeId),
        async find(collection, query) {
          const all = SHOPS.map(({ id }) => store.forStore(id).find(collection, query));
          return (await Promise.all(all)).flat().slice(0, query.limit) as never;
        },
      }),
    }),
  },
  {
    name: 'snapshot-trusted',
    standsFor: 'a snapshot is taken as it is, whatever its digest',
    digest: (digest) => ({
      ...digest,
      sha256: (content) => (String(content).startsWith('["') ? 'trusted' : digest.sha256(content)),
    }),
  },
  {
    name: 'lease-held-by-two',
    standsFor: 'a lease is given to whoever asks for it',
    leases: (leases) => ({
      ...leases,
      async acquire(name, holder, ttlMs) {
        const lease = await leases.acquire(name, holder, ttlMs);
        const held = (await leases.held()).find((each) => each.name === name);
        return lease ?? (held && { ...held, holder });
      },
    }),
  },
];

/** One event in twenty is left out, and the position after it is told all the same. */
async function* withGaps(
  messages: AsyncIterable<SubscriptionMessage>,
  hidden: Set<string>,
): AsyncGenerator<SubscriptionMessage> {
  let count = 0;
  for await (const message of messages) {
    if (message.kind !== 'events') {
      yield message;
      continue;
    }
    const events = message.events.filter(({ stream, revision }) => {
      count = (count + 1) % 20;
      if (count === 0) hidden.add(`${stream} ${revision}`);
      return count !== 0;
    });
    if (events.length > 0) yield { ...message, events };
  }
}
