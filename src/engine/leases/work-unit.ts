/** The lease under which a unit of work runs. */
export interface WorkLease {
  /** Fencing token: a holder with a greater one has taken over. */
  readonly token: number;
  /** To be called, once, when the work itself finds out that another holder has taken over. */
  readonly lost: () => void;
}

/** Work that one instance at a time does, under a lease of the same name. */
export interface WorkUnit {
  readonly name: string;
  begin(lease: WorkLease): Promise<RunningWork>;
}

export interface RunningWork {
  /** Resolves when all that runs has come to a safe end. */
  end(): Promise<void>;
}
