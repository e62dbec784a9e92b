import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Cipher } from '../../ports/cipher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Subject } from '../personal-data/subject.ts';
import type { SubjectKeys } from '../personal-data/subject-keys.ts';

/** Hexadecimal digits of the iv and of the tag of AES-256-GCM. */
const IV_DIGITS = 32;
const TAG_DIGITS = 32;
const FORM = /^(\d{4}-\d\d)\.([\w-]+)$/;

/**
 * What other systems sent, for events: it can name persons, so it is encrypted with a key of its
 * shop and month. Without the key, what the event says beside it remains.
 */
export interface SealedBodies {
  /**
   * Bound to its owner: it cannot be opened as the body of another one. Undefined when the key of
   * the month was destroyed. @throws UpstreamError store_unavailable: the key could not be stored.
   */
  seal(storeId: string, owner: string, body: string): Promise<string | undefined>;
  /** Undefined when the key was destroyed, or the text is none that was sealed for the owner. */
  open(storeId: string, owner: string, sealed: string): Promise<string | undefined>;
}

interface Parts {
  readonly keys: Pick<SubjectKeys, 'obtain' | 'find'>;
  readonly cipher: Cipher;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSealedBodies({ keys, cipher, clock }: Parts): SealedBodies {
  return {
    async seal(storeId, owner, body) {
      const month = formatInstant(clock.now()).slice(0, 7);
      const subject = subjectOf(storeId, month);
      const key = await keys.obtain(subject);
      if (key === 'erased') return undefined;
      const { iv, tag, ciphertext } = cipher.seal(key, body, boundTo(subject, owner));
      const packed = Buffer.from(iv + tag + ciphertext, 'hex').toString('base64url');
      return `${month}.${packed}`;
    },
    async open(storeId, owner, sealed) {
      const [, month, packed = ''] = FORM.exec(sealed) ?? [];
      if (month === undefined) return undefined;
      const subject = subjectOf(storeId, month);
      const key = await keys.find(subject);
      if (typeof key === 'string') return undefined;
      const hex = Buffer.from(packed, 'base64url').toString('hex');
      return cipher.open(key, partsOf(hex), boundTo(subject, owner));
    },
  };
}

function partsOf(hex: string) {
  const iv = hex.slice(0, IV_DIGITS);
  const tag = hex.slice(IV_DIGITS, IV_DIGITS + TAG_DIGITS);
  return { iv, tag, ciphertext: hex.slice(IV_DIGITS + TAG_DIGITS) };
}

function subjectOf(storeId: string, month: string): Subject {
  return { storeId, id: `webhooks.${month}` };
}

function boundTo({ storeId, id }: Subject, owner: string): string {
  return JSON.stringify(['body', storeId, id, owner]);
}
