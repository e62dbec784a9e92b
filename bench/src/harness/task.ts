/** What a task tells when it is ready, and what each of its rounds yields. Plain JSON both. */
export type Measured = Readonly<Record<string, number>>;

/** A task that has been set up in its own process. */
export interface Running {
  /** Told to the parent once, for example the port of a server. */
  readonly info?: Measured;
  /** One measured round. */
  round(): Promise<Measured>;
  close(): Promise<void>;
}

export type Parameters = Readonly<Record<string, string | number>>;

/** Sets a task up; nothing of that is measured. */
export type Setup = (parameters: never) => Promise<Running>;

/** A task that only serves, or only prepares, has no rounds. */
export const noRound = (): Promise<Measured> => Promise.resolve({});
