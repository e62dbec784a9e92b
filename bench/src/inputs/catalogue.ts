import { createRandom } from './random.ts';

const SYLLABLES = ['ca', 'fé', 'mo', 'li', 'to', 'ñe', 'ra', 'su', 'be', 'dor', 'vi', 'pan'];
const WORDS = 3_000;
const NAME_WORDS = 3;
const DESCRIPTION_WORDS = 8;
const SEED = 41;

export interface CatalogueProduct {
  readonly name: string;
  readonly description: string;
  readonly sku: string;
  readonly currency: 'EUR';
  readonly priceMinor: number;
}

export const SEARCH_KINDS = ['word', 'prefix', 'words', 'filtered', 'sorted'] as const;

export interface CatalogueSearch {
  readonly kind: (typeof SEARCH_KINDS)[number];
  readonly q: string;
  readonly maxPriceMinor?: number;
  readonly sort?: '-price';
}

/** Distinct words of two to four syllables, with accents. */
function vocabulary(): string[] {
  const random = createRandom(SEED);
  const words = new Set<string>();
  while (words.size < WORDS) {
    const length = 2 + Math.floor(random() * 3);
    const syllable = () => SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? '';
    words.add(Array.from({ length }, syllable).join(''));
  }
  return [...words];
}

/** Few words are in most of the products, as in any catalogue. */
function createPick(seed: number): () => string {
  const words = vocabulary();
  const random = createRandom(seed);
  return () => words[Math.floor(random() ** 3 * words.length)] ?? '';
}

export function catalogueProducts(count: number): CatalogueProduct[] {
  const pick = createPick(SEED + 1);
  const random = createRandom(SEED + 2);
  const text = (words: number) => Array.from({ length: words }, pick).join(' ');
  return Array.from({ length: count }, (_, n) => ({
    name: text(NAME_WORDS),
    description: text(DESCRIPTION_WORDS),
    sku: `SKU-${n}`,
    currency: 'EUR',
    priceMinor: 100 + Math.floor(random() * 10_000),
  }));
}

/** As many searches, of each kind in turn. */
export function catalogueSearches(count: number): CatalogueSearch[] {
  const pick = createPick(SEED + 3);
  return Array.from({ length: count }, (_, n) => {
    const kind = SEARCH_KINDS[n % SEARCH_KINDS.length] ?? 'word';
    switch (kind) {
      case 'word':
        return { kind, q: pick() };
      case 'prefix':
        return { kind, q: pick().slice(0, 3) };
      case 'words':
        return { kind, q: `${pick()} ${pick()}` };
      case 'filtered':
        return { kind, q: pick(), maxPriceMinor: 1_000 };
      case 'sorted':
        return { kind, q: pick(), sort: '-price' };
    }
  });
}
