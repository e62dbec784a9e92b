/**
 * A folded stream at a revision. A hint: it is used only after it was checked against the log.
 */
export interface Snapshot {
  readonly stream: string;
  readonly revision: number;
  readonly lastEventId: string;
  /** Version of the fold that created it; a snapshot of another version is ignored. */
  readonly foldVersion: number;
  /** State and handled command ids as JSON. */
  readonly body: string;
  /** SHA-256 over all of the above. */
  readonly digest: string;
}

export interface SnapshotStore {
  get(stream: string): Promise<Snapshot | undefined>;
  /** Keeps the last one put for each stream. */
  put(snapshot: Snapshot): Promise<void>;
}
