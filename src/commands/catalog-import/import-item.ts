import type { ProductRow } from '../../domain/catalog/index.ts';
import type { Position } from '../../domain/kernel/position.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Notice } from '../square-import/json-node.ts';
import type { Outcome } from '../square-import/outcomes.ts';
import { PRODUCT_CODES, productActionFor, type ProductCode } from './codes.ts';

/** The caller's shop and identity, and the ports that an import needs. */
export interface ProductImporter {
  readonly sequence: Sequence;
  readonly digest: Digest;
  /** Ids of live categories with that name, in that parent; the newest ones may be missing. */
  readonly findCategories: (
    name: string,
    parentId: string | undefined,
  ) => Promise<readonly string[]>;
  /** Logs an error that no rule explains. The other items continue. */
  readonly onUnexpectedError: (error: unknown, path: string) => void;
}

/** A product to import, or a category, or what is to be reported about an item. */
export interface ImportEntry {
  /** Place in the list of the request, from 0. */
  readonly index: number;
  /** JSON pointer to it in the request body. */
  readonly path: string;
  /** Its id at the provider. */
  readonly sourceId?: string;
  readonly row?: ProductRow;
  /** Where a field of the row comes from, below `path`; by default a field of that name. */
  readonly pathOfField?: (field: string) => string;
  /** Names of the category and its subcategory. */
  readonly category?: readonly string[];
  readonly failure?: ItemFailure;
  readonly notices?: readonly Notice[];
}

export type ItemFailure = Pick<ItemResult, 'outcome' | 'code' | 'path' | 'reason' | 'action'>;

export interface ItemResult {
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: Outcome;
  readonly productId?: string;
  /** Of the import or of the error table; absent when the product is as the item says. */
  readonly code?: string;
  /** JSON pointer to the field at fault. */
  readonly path?: string;
  /** For people: the path, and what was expected and found there. */
  readonly reason?: string;
  /** For people: what to do about it. */
  readonly action?: string;
  readonly notices?: readonly Notice[];
}

/** What came of an item, and its last event. */
export interface ItemDone {
  readonly outcome: Outcome;
  readonly productId?: string;
  readonly position?: Position;
}

/** The item is not to be imported, for a reason of the import itself. */
export class ItemError extends Error {
  readonly code: ProductCode;
  /** Of the row. */
  readonly field: string;

  constructor(code: ProductCode, field: string, message: string) {
    super(message);
    this.name = 'ItemError';
    this.code = code;
    this.field = field;
  }
}

export function failureOf(
  outcome: Outcome,
  code: string,
  path: string,
  message: string,
): ItemFailure {
  return { outcome, code, path, reason: `${path}: ${message}`, action: productActionFor(code) };
}

/** As `failureOf`, with the outcome of a code of the import. */
export function passedOver(code: ProductCode, path: string, message: string): ItemFailure {
  return failureOf(PRODUCT_CODES[code].outcome, code, path, message);
}
