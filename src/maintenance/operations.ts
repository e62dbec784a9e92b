import type { Role, Shop } from '../domain/kernel/shop.ts';
import type { EventLog } from '../ports/event-log.ts';

/** An embedded log that no instance has open, or a log server. */
export interface OpenedLog {
  readonly log: EventLog;
  /** Number of concurrent appends that are stored together or not at all. */
  readonly appendBatchSize: number;
  close(): Promise<void>;
}

/** The content of a backup. */
export interface BackupReport {
  readonly logId: string;
  readonly events: number;
  readonly lastPosition: string;
  readonly lastRecordedAt?: string;
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** New names of files that a restore has set aside. */
  readonly kept?: readonly string[];
  /** Of a restored log: 1, and one more for each restore. */
  readonly generation?: number;
}

/** The result of one check of the doctor. */
export interface Finding {
  /** Name of the check. */
  readonly check: string;
  /** A warning resolves itself or can wait; a problem stops something, now or soon. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it. */
  readonly action?: string;
}

/** A key as it may be shown: the secret is stored nowhere. */
export interface KeyListing {
  readonly shop: string;
  readonly id: string;
  readonly role: Role;
}

/** Changes of the shops file, which a running server reads again within a second. */
export interface ShopsEditor {
  list(): Promise<readonly Omit<Shop, 'keys'>[]>;
  add(shop: Omit<Shop, 'keys'>): Promise<void>;
  listKeys(shop: string | undefined): Promise<readonly KeyListing[]>;
  /** @returns the secret, which can be shown only now. */
  createKey(key: KeyListing): Promise<string>;
  revokeKey(key: Omit<KeyListing, 'role'>): Promise<void>;
}

/** Operations on storage that need no server. */
export interface Maintenance {
  /** `read`: an existing log; `fill`: one that may be created. */
  openLog(use: 'read' | 'fill'): Promise<OpenedLog>;
  /** Copies the embedded storage to a new folder; a server may be running. */
  backUp(folder: string, withDocuments: boolean): Promise<BackupReport>;
  /** Restores a backup into a data folder without a log. */
  restore(folder: string): Promise<BackupReport>;
  readonly shops: ShopsEditor;
  /** Checks everything that the system depends on; a server may be running. */
  examine(): Promise<readonly Finding[]>;
}
