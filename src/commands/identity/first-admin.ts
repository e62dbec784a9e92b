import { TillstreamError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Emails } from './emails.ts';
import { type IdentityOptions, newSecretText } from './options.ts';

const KIND = 'first-admin';
const ID = 'token';
const VALID_MS = 86_400_000;
const TOKEN = /^setup_([a-z0-9]{1,32})_([0-9a-f]{64})$/;

/** The one-time token with which the first administrator of a shop is made. */
export interface FirstAdmin {
  /** A token valid for a day; undefined when the shop has users. The one before it is void. */
  offer(storeId: string): Promise<string | undefined>;
  /** Uses the token up. @returns the shop. @throws TillstreamError invalid_token. */
  take(token: string): Promise<string>;
}

export function createFirstAdmin(options: IdentityOptions, emails: Emails): FirstAdmin {
  const { vault, clock, digest } = options;
  const keyOf = (storeId: string) => ({ storeId, kind: KIND, id: ID });
  return {
    async offer(storeId) {
      if (await emails.any(storeId)) return undefined;
      const token = `setup_${storeId}_${newSecretText(options)}`;
      const before = await vault.get(keyOf(storeId));
      const value = JSON.stringify({ hash: digest.sha256(token) });
      const expiresAt = formatInstant(clock.now() + VALID_MS);
      const record = { value, expiresAt };
      const outcome = await vault.put(keyOf(storeId), record, before?.revision ?? 0);
      return outcome === 'done' ? token : undefined;
    },
    async take(token) {
      const storeId = TOKEN.exec(token)?.[1];
      const record = storeId === undefined ? undefined : await vault.get(keyOf(storeId));
      const value = JSON.stringify({ hash: digest.sha256(token) });
      if (storeId === undefined || record?.value !== value) throw invalid();
      if (await emails.any(storeId)) throw invalid();
      const used = { value: '{}', expiresAt: formatInstant(clock.now() + VALID_MS) };
      const outcome = await vault.put(keyOf(storeId), used, record.revision);
      if (outcome === 'conflict') throw invalid();
      return storeId;
    },
  };
}

function invalid(): TillstreamError {
  const message = 'expected the one-time link that the last start printed, not used before';
  return new TillstreamError('invalid_token', message, { given: true });
}
