/** One line of the table. Numbers are in `unit`; null says that there is no such figure. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly ours: number | null;
  readonly floor: number | null;
  readonly peer: number | null;
  /** What is aimed at, printed beside; nothing fails when it is missed. */
  readonly target: string;
  /** Further figures of this row, by names that end in their unit. */
  readonly extra: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

export interface RowContext {
  /** A folder of this row's own; it is removed afterwards. */
  readonly folder: string;
  /** Why the peer cannot be measured, or undefined when it can. */
  readonly peerMissing: string | undefined;
  readonly progress: (text: string) => void;
  /** A generated input, made at its first use and shared by the rows of one run. */
  readonly input: (name: string, make: (path: string) => Promise<void>) => Promise<string>;
}

export interface RowDefinition {
  readonly name: string;
  run(context: RowContext): Promise<Row>;
}
