import type { AnyBulkWriteOperation, Document } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import { partsOf } from '../../domain/kernel/names.ts';
import type { DocumentWrite, FieldValue, StoredDocument } from '../../ports/read-store.ts';
import { positionOfSortable, sortablePosition } from './sortable-position.ts';

/** The size limit of MongoDB for one document, less room for the fields beside the body. */
export const MAX_BODY_BYTES = 16 * 1_024 * 1_024 - 256 * 1_024;

/**
 * A document as it is stored. The body is JSON text, so that it is read exactly as it was written;
 * the fields that queries need are stored beside it.
 */
export interface StoredForm extends Document {
  readonly _id: string;
  /** Missing once the document was deleted, so that no query finds it. */
  readonly storeId?: string;
  readonly position: string;
  readonly epoch: number;
  readonly body?: string;
  /** Each value wrapped in a document: these compare across types, numbers before texts. */
  readonly fields?: Readonly<Record<string, { readonly v: FieldValue }>>;
  /** By the server's clock. */
  readonly deletedAt?: Date;
}

/** A validated write. */
export interface PreparedWrite {
  readonly key: string;
  readonly position: string;
  readonly sizeBytes: number;
  /** Replaces only an older document. With `upsert` also inserts a missing one. */
  operation(upsert: boolean): AnyBulkWriteOperation<StoredForm>;
}

/** A missing field sorts as the empty text, so that none is missing in an index. */
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

/** @throws InvariantError when the body is larger than MAX_BODY_BYTES. */
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
  if (sizeBytes > MAX_BODY_BYTES) {
    const found = { collection, key, sizeBytes };
    throw new InvariantError(`a document of at most ${MAX_BODY_BYTES} bytes`, found);
  }
  const replacement = { ...head, storeId, body: text, fields: fieldsOf(body, fieldNames) };
  const operation = (upsert: boolean): AnyBulkWriteOperation<StoredForm> =>
    upsert && write.isNew
      ? // Cheaper; refused when the document exists after all.
        { insertOne: { document: replacement } }
      : { replaceOne: { filter, replacement, upsert } };
  return { key, position, sizeBytes, operation };
}

/** A deleted document has an undefined body. */
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
