/** A product, or an object of Square, in a file. */
export interface SourceItem {
  /** For people: `row 5`, `product 3`. */
  readonly name: string;
  /** Of a CSV file. */
  readonly row?: number;
  /** JSON pointer into a JSON file. */
  readonly path?: string;
  readonly value?: unknown;
  /** Why it cannot be sent. */
  readonly problem?: {
    readonly code?: string;
    /** A field of the product, or the name of a column. */
    readonly field: string;
    readonly message: string;
  };
}
