import { formatInstant } from '../../domain/kernel/instant.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';
import type { SigningKey } from '../../ports/token-signer.ts';
import { type IdentityOptions, newSecretText } from './options.ts';

const DAY_MS = 86_400_000;
/** A shop signs with another key after this time. */
const ROTATION_MS = 90 * DAY_MS;
/** Longer than any token is valid: a key verifies this long after it signed its last one. */
const OVERLAP_MS = 8 * DAY_MS;
const MAX_CACHED = 10_000;
const KIND = 'signing-key';

/** Random secrets of each shop, made when they are first needed and kept in the vault. */
export interface ShopSecrets {
  /** The key that signs now. Each period of 90 days has its own. */
  signingKey(storeId: string): Promise<SigningKey>;
  /** The shop of a key id, and the key while it verifies tokens. */
  findKey(keyId: string): Promise<{ storeId: string; key: SigningKey } | undefined>;
  /** A text that only this installation can make of another one, always the same. */
  derive(storeId: string, text: string): Promise<string>;
  /** HMAC of a text, by which only this installation recognises it. */
  mac(storeId: string, text: string): Promise<string>;
}

type Options = Pick<IdentityOptions, 'vault' | 'clock' | 'ids' | 'digest' | 'shops'>;

export function createShopSecrets(options: Options): ShopSecrets {
  const { vault, clock, digest, shops } = options;
  const known = createBoundedMap<string, string>(MAX_CACHED);

  /** Instances that make a secret at the same time agree on the one that the vault took. */
  async function secretOf(storeId: string, id: string, untilMs?: number): Promise<string> {
    const name = `${storeId}.${id}`;
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const found = (await read(storeId, id)) ?? (await make(storeId, id, untilMs));
    known.set(name, found);
    return found;
  }

  async function read(storeId: string, id: string): Promise<string | undefined> {
    const record = await vault.get({ storeId, kind: KIND, id });
    return record && (JSON.parse(record.value) as { secret: string }).secret;
  }

  async function make(storeId: string, id: string, untilMs?: number): Promise<string> {
    const secret = newSecretText(options);
    const record = {
      value: JSON.stringify({ secret }),
      ...(untilMs !== undefined && { expiresAt: formatInstant(untilMs) }),
    };
    const outcome = await vault.put({ storeId, kind: KIND, id }, record, 0);
    return outcome === 'done' ? secret : ((await read(storeId, id)) ?? secret);
  }

  return {
    async signingKey(storeId) {
      const period = Math.floor(clock.now() / ROTATION_MS);
      const untilMs = (period + 1) * ROTATION_MS + OVERLAP_MS;
      const secret = await secretOf(storeId, String(period), untilMs);
      return { id: `${storeId}.${period}`, secret };
    },
    async findKey(keyId) {
      const [, storeId, period] = /^([a-z0-9]{1,32})\.(\d{1,6})$/.exec(keyId) ?? [];
      if (storeId === undefined || period === undefined) return undefined;
      if (!shops().some(({ id }) => id === storeId)) return undefined;
      const endMs = (Number(period) + 1) * ROTATION_MS + OVERLAP_MS;
      if (endMs <= clock.now()) return undefined;
      const secret = known.get(keyId) ?? (await read(storeId, period));
      if (secret === undefined) return undefined;
      known.set(keyId, secret);
      return { storeId, key: { id: keyId, secret } };
    },
    async derive(storeId, text) {
      return digest.sha256(`${await secretOf(storeId, 'derivation')}\n${text}`);
    },
    async mac(storeId, text) {
      return digest.hmacSha256(await secretOf(storeId, 'recognition'), text);
    },
  };
}
