/** A value of a field. Numbers are whole, so that each value has one canonical text. */
export type Value =
  string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** An amount that is added to a sum, once for its key. */
export interface Part {
  /** Which of the sums of the field; absent: the only one. */
  readonly of?: string;
  readonly amount: number;
}

/** What a fact says of one field. Which of these fits depends on the rule of the field. */
export interface Change {
  readonly field: string;
  /** The whole value: `lww`, `mvr`, `max`, `owner`, `server_wins`. */
  readonly set?: Value;
  /** New elements of an `awset`; each is named by its fact and its place: `<fact id>#0`. */
  readonly add?: readonly Value[];
  /** Elements of an `awset` that the author had seen, by their names. */
  readonly remove?: readonly string[];
  /** Parts of a `ksum`, or what was used of each grant of an `escrow`, by their keys. */
  readonly parts?: Readonly<Record<string, Part>>;
}

/** What was written about one entity by one author at one time. */
export interface MergeFact {
  readonly id: string;
  /** Facts of the entity that the author had seen and that no other fact it had seen names. */
  readonly heads: readonly string[];
  /** Bounds of when it happened, by the clock of the server: no clock of a device moves them. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Written by the server, by request of a person. */
  readonly isServer?: boolean;
  /** A person has chosen between versions that are among its heads. */
  readonly isChoice?: boolean;
  readonly changes: readonly Change[];
}
