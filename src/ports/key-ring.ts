/** A key that encrypts the keys of persons. */
export interface MasterKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * The master keys of an installation. They are kept apart from the vault, so that a copy of the
 * storage alone opens no personal data.
 */
export interface KeyRing {
  /** Where the keys come from, for messages to the operator. */
  readonly source: string;
  /** False: an operator changes the keys where they come from, and restarts. */
  readonly canAdd: boolean;
  /** The key that encrypts from now on; undefined while there is none. */
  current(): MasterKey | undefined;
  find(id: string): MasterKey | undefined;
  /** Reads the keys again: another instance may have added one. */
  reload(): Promise<void>;
  /** Adds a key and makes it the current one. Durable before it resolves. */
  add(key: MasterKey): Promise<void>;
}
