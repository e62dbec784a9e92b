/** The most that one record holds, as UTF-8. */
export const MAX_VAULT_VALUE_BYTES = 65_536;

/** The most records that one `list` returns. */
export const MAX_VAULT_PAGE = 1_000;

/** What is kept of one thing that is secret. */
export interface VaultRecord {
  /** The owner's own JSON, already encrypted where the vault must not show it. */
  readonly value: string;
  /** Increments with each change of the record; the first is 1. */
  readonly revision: number;
  /** ISO 8601; afterwards the record is as if it were not there. */
  readonly expiresAt?: string;
}

/** Names a record. `kind` is the user of the vault, such as `password` or `subject-key`. */
export interface VaultKey {
  readonly storeId: string;
  readonly kind: string;
  readonly id: string;
}

export interface VaultEntry extends VaultKey, VaultRecord {}

/** `conflict`: the record has another revision, and nothing was changed. */
export type VaultOutcome = 'done' | 'conflict';

/**
 * Secrets that outlive the log beside it: hashes that verify a person, keys of personal data,
 * provider tokens. It is truth and is backed up with the log; events never hold what is in it.
 * What was removed cannot be read from the files of an embedded vault any more.
 * @throws UpstreamError store_unavailable from each method.
 */
export interface Vault {
  get(key: VaultKey): Promise<VaultRecord | undefined>;
  /**
   * Writes a record that has `expectedRevision`; 0: that does not exist, or has expired. Durable
   * before it resolves. @throws InvariantError above MAX_VAULT_VALUE_BYTES.
   */
  put(
    key: VaultKey,
    record: Omit<VaultRecord, 'revision'>,
    expectedRevision: number,
  ): Promise<VaultOutcome>;
  /** Removes a record, whatever its revision. Does nothing when there is none. */
  remove(key: VaultKey): Promise<void>;
  /**
   * The records of one kind in the order of their ids (by code point), after the given id. A kind
   * that several shops use is listed shop by shop. @throws InvariantError above MAX_VAULT_PAGE.
   */
  list(
    of: Pick<VaultKey, 'storeId' | 'kind'>,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly VaultEntry[]>;
  /** @throws when the vault does not respond. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
