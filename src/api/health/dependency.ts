/** A server, or a file, that the system depends on. */
export interface Dependency {
  /** Its purpose: `event-log`, `read-store`, `cache`. */
  readonly name: string;
  /** The product: `SQLite`, `EventStoreDB`, `MongoDB`, `Redis`. */
  readonly kind: string;
  /** True: no request works without it. False: without it some are only slower. */
  readonly needed: boolean;
  /** Resolves when it is available; rejects with the reason when it is not. */
  readonly ping: () => Promise<void>;
}
