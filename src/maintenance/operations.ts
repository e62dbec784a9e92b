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

/** Operations on storage that need no server. */
export interface Maintenance {
  /** `read`: an existing log; `fill`: one that may be created. */
  openLog(use: 'read' | 'fill'): Promise<OpenedLog>;
  /** Copies the embedded storage to a new folder; a server may be running. */
  backUp(folder: string, withDocuments: boolean): Promise<BackupReport>;
  /** Restores a backup into a data folder without a log. */
  restore(folder: string): Promise<BackupReport>;
  /** Checks everything that the system depends on; a server may be running. */
  examine(): Promise<readonly Finding[]>;
}
