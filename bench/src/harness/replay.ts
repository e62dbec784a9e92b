export interface ReplayParameters {
  /** File of the log to read. */
  readonly log: string;
  /** File of the documents to write; there is none yet. */
  readonly documents: string;
  readonly events: number;
}
