import { categoryOf, storeOf } from '../../domain/kernel/names.ts';
import type { SealedText } from '../../ports/cipher.ts';

/** The person that personal data is about, within a shop. */
export interface Subject {
  readonly storeId: string;
  readonly id: string;
}

/** Personal data as an event holds it: encrypted with the key of its subject. */
export interface SealedData extends SealedText {
  /** Id of the subject. */
  readonly keyId: string;
}

/** Each stream with personal data is about one person. */
export function subjectOf(stream: string): Subject {
  const entity = stream.slice(stream.indexOf('.') + 1);
  return { storeId: storeOf(stream), id: `${categoryOf(stream)}.${entity}` };
}

export function isSealed(data: unknown): data is SealedData {
  if (typeof data !== 'object' || data === null) return false;
  const { keyId, iv, tag, ciphertext } = data as Partial<SealedData>;
  return [keyId, iv, tag, ciphertext].every((part) => typeof part === 'string');
}
