import type { CheckpointStore, CommitOutcome, ReadStore } from '../../ports/read-store.ts';

/** The engine was fenced off: another holder has a newer lease. */
export class FencedError extends Error {
  constructor(checkpoint: string) {
    super(`the checkpoint ${checkpoint} was claimed under a newer lease`);
    this.name = 'FencedError';
  }
}

/** A read store as one holder of a lease uses it: no engine beside it handles tokens. */
export type FencedStore<S extends CheckpointStore = ReadStore> = Omit<
  S,
  'commit' | 'claimCheckpoint'
> & {
  /** Commits, with the lease's token on each checkpoint move. @throws FencedError */
  commit(
    commit: Parameters<S['commit']>[0],
  ): Promise<Exclude<CommitOutcome, { readonly outcome: 'fenced' }>>;
  /**
   * Claims a checkpoint for this holder. To be called before its first read, so that no earlier
   * holder moves it between that read and the first commit. Without a lease there is nothing to
   * claim. @throws FencedError
   */
  claim(checkpoint: string): Promise<void>;
};

/**
 * Adds the fencing token of a lease to each checkpoint move and throws when a newer token was met.
 * `lost` is called before each FencedError, so that the engine stops whatever else catches it.
 * Every other call passes to `store` as it is at that moment.
 */
export function fencedStore<S extends CheckpointStore>(
  store: S,
  token: number | undefined,
  lost: () => void,
): FencedStore<S> {
  function fenceOff(checkpoint: string): never {
    lost();
    throw new FencedError(checkpoint);
  }

  return Object.assign(Object.create(store) as S, {
    async commit(commit: Parameters<S['commit']>[0]) {
      const checkpoints =
        token === undefined
          ? commit.checkpoints
          : commit.checkpoints.map((move) => ({ ...move, token }));
      const outcome = await store.commit({ ...commit, checkpoints });
      return outcome.outcome === 'fenced' ? fenceOff(outcome.name) : outcome;
    },
    async claim(checkpoint: string) {
      if (token === undefined || (await store.claimCheckpoint(checkpoint, token))) return;
      fenceOff(checkpoint);
    },
  });
}
