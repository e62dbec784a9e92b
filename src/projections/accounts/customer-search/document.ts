/** One term by which a customer is found. */
export interface CustomerTerm {
  readonly customerId: string;
  readonly term: string;
  /** The term, then the name: the order of what is found. */
  readonly order: string;
  /** All terms of the customer, sorted. */
  readonly terms: readonly string[];
}
