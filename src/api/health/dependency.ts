/** A server, or a file, that the system runs on. */
export interface Dependency {
  /** What it does here: `event-log`, `read-store`, `cache`. */
  readonly name: string;
  /** What it is: `SQLite`, `EventStoreDB`, `MongoDB`, `Redis`. */
  readonly kind: string;
  /** Without it no request can be carried out; without the others some are only slower. */
  readonly needed: boolean;
  /** Answers when it can be used; throws with the reason when it cannot. */
  readonly ping: () => Promise<void>;
}
