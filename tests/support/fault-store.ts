import type { ReadStore, ReadStoreCommit } from '../../src/ports/read-store.ts';

type Method = Exclude<keyof ReadStore, 'forStore'>;

export interface FaultStore extends ReadStore {
  /** The next calls of a method fail without an effect. */
  failNext(method: Method, times?: number): void;
  /** The next commits are executed, but their reply is lost. */
  loseNextAnswers(times?: number): void;
  /** Awaited before each commit. */
  beforeCommit: (commit: ReadStoreCommit) => Promise<void>;
  /** Called after each successful commit. */
  afterCommit: (commit: ReadStoreCommit) => Promise<void>;
  /** Number of attempted commits. */
  readonly commits: number;
}

/** A read store whose calls can be made to fail, to wait, or to be watched. */
export function createFaultStore(inner: ReadStore): FaultStore {
  const failures = new Map<Method, number>();
  let lostAnswers = 0;
  let commits = 0;

  function failIfRequested(method: Method): void {
    const left = failures.get(method) ?? 0;
    if (left === 0) return;
    failures.set(method, left - 1);
    throw new Error(`the read store fails ${method}`);
  }

  function faulty<K extends Method>(method: K): ReadStore[K] {
    const call = async (...args: unknown[]): Promise<unknown> => {
      failIfRequested(method);
      return (inner[method] as (...args: unknown[]) => Promise<unknown>)(...args);
    };
    return call as ReadStore[K];
  }

  const store: FaultStore = {
    forStore: (storeId) => inner.forStore(storeId),
    ensureCollection: faulty('ensureCollection'),
    dropCollection: faulty('dropCollection'),
    listCollections: faulty('listCollections'),
    load: faulty('load'),
    scan: faulty('scan'),
    async commit(commit) {
      commits += 1;
      await store.beforeCommit(commit);
      failIfRequested('commit');
      const outcome = await inner.commit(commit);
      if (outcome.outcome === 'done') await store.afterCommit(commit);
      if (lostAnswers > 0) {
        lostAnswers -= 1;
        throw new Error('the reply to a commit is lost');
      }
      return outcome;
    },
    checkpoint: faulty('checkpoint'),
    checkpoints: faulty('checkpoints'),
    revisions: faulty('revisions'),
    resetCheckpoint: faulty('resetCheckpoint'),
    claimCheckpoint: faulty('claimCheckpoint'),
    liveGeneration: faulty('liveGeneration'),
    liveGenerations: faulty('liveGenerations'),
    setLiveGeneration: faulty('setLiveGeneration'),
    projectionStatus: faulty('projectionStatus'),
    projectionStatuses: faulty('projectionStatuses'),
    setProjectionStatus: faulty('setProjectionStatus'),
    ping: faulty('ping'),
    close: () => inner.close(),
    failNext(method, times = 1) {
      failures.set(method, times);
    },
    loseNextAnswers(times = 1) {
      lostAnswers = times;
    },
    beforeCommit: () => Promise.resolve(),
    afterCommit: () => Promise.resolve(),
    get commits() {
      return commits;
    },
  };
  return store;
}
