import type { AnyBulkWriteOperation, Document } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import { partsOf } from '../../domain/kernel/names.ts';
import type { DocumentWrite, FieldValue, StoredDocument } from '../../ports/read-store.ts';
import { positionOfSortable, sortablePosition } from './sortable-position.ts';

/** What MongoDB takes as one document, less room for all that stands beside the body. */
export const MOST_BODY_BYTES = 16 * 1_024 * 1_024 - 256 * 1_024;

/**
 * A document as it is stored. The body is JSON text, so that it comes back exactly as it went in;
 * what queries need of it stands beside it.
 */
export interface StoredForm extends Document {
  readonly _id: string;
  /** Missing once the document was deleted: no query finds it then. */
  readonly storeId?: string;
  readonly position: string;
  readonly epoch: number;
  readonly body?: string;
  /** Each value in a document of its own: these are compared across types, numbers before texts. */
  readonly fields?: Readonly<Record<string, { readonly v: FieldValue }>>;
  /** By the server's clock. */
  readonly deletedAt?: Date;
}

/** A write made ready: all that could be wrong with it has been found out. */
export interface PreparedWrite {
  readonly key: string;
  readonly position: string;
  readonly sizeBytes: number;
  /** Replaces what is older, and only that. With `upsert` also what is not there. */
  operation(upsert: boolean): AnyBulkWriteOperation<StoredForm>;
}

/** An absent field sorts as the empty text, so that none is ever missing in an index. */
export function fieldOf(body: unknown, field: string): { readonly v: FieldValue } {
  const value = (body as Record<string, unknown>)[field];
  return { v: typeof value === 'number' || typeof value === 'string' ? value : '' };
}

export function fieldsOf(
  body: unknown,
  names: Iterable<string>,
): NonNullable<StoredForm['fields']> {
  return Object.fromEntries([...names].map((name) => [name, fieldOf(body, name)]));
}

export function prepareWrite(
  collection: string,
  write: DocumentWrite,
  fieldNames: Iterable<string>,
): PreparedWrite {
  const { key, storeId, epoch, body } = write;
  const position = sortablePosition(write.position);
  const filter = {
    _id: key,
    $or: [{ epoch: { $lt: epoch } }, { epoch, position: { $lt: position } }],
  };
  const head = { _id: key, position, epoch };
  if (body === undefined) {
    const update = [{ $replaceWith: { $literal: head } }, { $set: { deletedAt: '$$NOW' } }];
    const operation = (upsert: boolean) => ({ updateOne: { filter, update, upsert } });
    return { key, position, sizeBytes: 0, operation };
  }
  const text = JSON.stringify(body);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > MOST_BODY_BYTES) {
    const found = { collection, key, sizeBytes };
    throw new InvariantError(`a document of at most ${MOST_BODY_BYTES} bytes`, found);
  }
  const replacement = { ...head, storeId, body: text, fields: fieldsOf(body, fieldNames) };
  const operation = (upsert: boolean): AnyBulkWriteOperation<StoredForm> =>
    upsert && write.isNew
      ? // Cheaper; it is refused where something is there after all.
        { insertOne: { document: replacement } }
      : { replaceOne: { filter, replacement, upsert } };
  return { key, position, sizeBytes, operation };
}

/** A deleted document comes back with an undefined body. */
export function documentOf(stored: StoredForm): StoredDocument {
  const { _id: key, storeId = partsOf(key).storeId, position, epoch, body } = stored;
  return {
    key,
    storeId,
    position: positionOfSortable(position),
    epoch,
    body: body === undefined ? undefined : (JSON.parse(body) as unknown),
  };
}
