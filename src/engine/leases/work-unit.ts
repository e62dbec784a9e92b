/** Work that one process at a time does, under a lease of the same name. */
export interface WorkUnit {
  readonly name: string;
  /**
   * Begins the work under a fencing token. `lost` is called when the work finds out by itself that
   * somebody with a newer token has taken over.
   */
  begin(token: number, lost: () => void): Promise<RunningWork>;
}

export interface RunningWork {
  /** Lets what runs come to a safe end. */
  end(): Promise<void>;
}
