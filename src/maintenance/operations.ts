import type { EventLog } from '../ports/event-log.ts';

/** A log that no server has open, or a log server. */
export interface OpenedLog {
  readonly log: EventLog;
  /** Appends that are stored together or not at all when they are handed over at once. */
  readonly appendsAtOnce: number;
  close(): Promise<void>;
}

/** What a backup holds. */
export interface BackupReport {
  readonly logId: string;
  readonly events: number;
  readonly lastPosition: string;
  readonly lastRecordedAt?: string;
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[];
}

/** One thing that the doctor looked at. */
export interface Finding {
  /** What was examined. */
  readonly check: string;
  /** A warning mends itself or can wait; a problem stops something, now or soon. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it. */
  readonly action?: string;
}

/** Operations on storage that need no server. */
export interface Maintenance {
  /** `read`: a log that there is; `fill`: one that may be made. */
  openLog(use: 'read' | 'fill'): Promise<OpenedLog>;
  /** Copies the embedded stores into a new folder, while a server runs or not. */
  backUp(folder: string, withDocuments: boolean): Promise<BackupReport>;
  /** Puts a backup into a data folder that has no log. */
  restore(folder: string): Promise<BackupReport>;
  /** Looks at everything that the system stands on, while a server runs or not. */
  examine(): Promise<readonly Finding[]>;
}
