import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

import type { Cipher } from '../../ports/cipher.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 16;
const TAG_BYTES = 16;

/** The cipher of Node, with another source of random bytes for a simulated world. */
export function createCipher(random: (bytes: number) => Uint8Array = randomBytes): Cipher {
  return {
    newKey: () => random(KEY_BYTES),
    seal(key, text, additional) {
      const iv = random(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(additional, 'utf8'));
      const ciphertext = cipher.update(text, 'utf8', 'hex') + cipher.final('hex');
      const tag = cipher.getAuthTag().toString('hex');
      return { iv: Buffer.from(iv).toString('hex'), tag, ciphertext };
    },
    open(key, { iv, tag, ciphertext }, additional) {
      try {
        const options = { authTagLength: TAG_BYTES };
        const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'hex'), options);
        decipher.setAAD(Buffer.from(additional, 'utf8'));
        decipher.setAuthTag(Buffer.from(tag, 'hex'));
        return decipher.update(ciphertext, 'hex', 'utf8') + decipher.final('utf8');
      } catch {
        // Not authentic. A part of the text must not be returned.
        return undefined;
      }
    },
    mac: (key, text) => createHmac('sha256', key).update(text, 'utf8').digest('hex'),
  };
}

export const systemCipher = createCipher();
