/** One term by which a product is found, with what searches are filtered and sorted by. */
export interface ProductTerm {
  readonly productId: string;
  readonly term: string;
  /** The term, where it stands, then the name: the order of what is found. */
  readonly order: string;
  /** All terms of the product, sorted. */
  readonly terms: readonly string[];
  readonly status: 'live' | 'deleted';
  readonly active: boolean;
  readonly categoryId?: string;
  readonly stockPolicy: string;
  readonly sortName: string;
  readonly priceMinor: number;
}
