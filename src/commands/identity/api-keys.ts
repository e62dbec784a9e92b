import { apiKeyDecider } from '../../domain/identity/index.ts';
import { TillstreamError } from '../../domain/kernel/errors.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import type { Grant } from '../../domain/kernel/shop.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { LastUse, Used } from './last-use.ts';
import { createMachineTokens, unknownToken } from './machine-tokens.ts';
import type { IdentityOptions } from './options.ts';
import type { ShopSecrets } from './shop-secrets.ts';

const KIND = 'api-key';
const TOKEN = /^tsk_([a-z0-9]{1,32})_([0-9a-f]{32})_([0-9a-f]{64})$/;
const MAX_RETRIES = 5;

/** A machine with a valid key. */
export interface KeyHolder extends Used {
  readonly grant: Grant;
}

interface Hashes {
  readonly generation: number;
  readonly hash: string;
  /** The secret before this one, until its time has passed. */
  readonly previous?: { readonly hash: string; readonly untilMs: number };
}

/** The secrets of keys that were added through the API. */
export interface ApiKeys {
  /** The same secret for every repeat of the command. */
  secretOf(storeId: string, keyId: string, commandId: string): Promise<string>;
  /**
   * Call after the event, and for its repeats. An older generation changes nothing, nor does any
   * once the key is revoked.
   */
  store(
    key: { readonly storeId: string; readonly keyId: string },
    secret: string,
    rotation: { readonly generation: number; readonly previousUntil?: string },
  ): Promise<void>;
  remove(storeId: string, keyId: string): Promise<void>;
  /** Whether a text has the form of such a key. */
  isKey(token: string): boolean;
  /** @throws TillstreamError unauthenticated, key_expired. */
  authenticate(token: string): KeyHolder | Promise<KeyHolder>;
}

export function createApiKeys(
  options: Pick<IdentityOptions, 'vault' | 'clock' | 'digest' | 'commands' | 'shops'>,
  secrets: ShopSecrets,
  lastUse: LastUse,
): ApiKeys {
  const { shops, commands } = options;
  const hashes = createKeyHashes(options);

  async function check(token: string, hash: string) {
    const [, storeId = '', id = ''] = TOKEN.exec(token) ?? [];
    if (!shops().some((shop) => shop.id === storeId)) throw unknownToken();
    const stored = (await hashes.read(storeId, id))?.hashes;
    const secretUntilMs = stored && untilOf(stored, hash);
    if (secretUntilMs === undefined) throw unknownToken();
    const { state } = await commands.load(apiKeyDecider, storeId, id);
    if (state.status !== 'active') throw unknownToken();
    const { role, branchId, scopes, expiresAt } = state;
    const endMs = expiresAt === undefined ? Infinity : instantMs(expiresAt);
    const grant = Object.freeze({ role, ...omitUndefined({ branchId, scopes }) });
    const holder = Object.freeze({ storeId, id, grant });
    return { holder, untilMs: Math.min(secretUntilMs, endMs) };
  }

  async function isActive(storeId: string, keyId: string): Promise<boolean> {
    const { state } = await commands.load(apiKeyDecider, storeId, keyId);
    return state.status === 'active';
  }

  return {
    async secretOf(storeId, keyId, commandId) {
      const secret = await secrets.derive(storeId, `api-key\n${keyId}\n${commandId}`);
      return `tsk_${storeId}_${keyId}_${secret}`;
    },
    async store(key, secret, rotation) {
      if (!(await isActive(key.storeId, key.keyId))) return;
      await hashes.store(key, secret, rotation);
      // Revoked meanwhile, perhaps before there was a hash to remove.
      if (!(await isActive(key.storeId, key.keyId))) await hashes.remove(key.storeId, key.keyId);
    },
    async remove(storeId, keyId) {
      await hashes.remove(storeId, keyId);
      await lastUse.forget({ storeId, id: keyId });
    },
    isKey: (token) => TOKEN.test(token),
    authenticate: createMachineTokens(options, lastUse, check),
  };
}

/** When the secret ends; undefined for one that is not the key's. */
function untilOf({ hash, previous }: Hashes, given: string): number | undefined {
  if (hash === given) return Infinity;
  return previous?.hash === given ? previous.untilMs : undefined;
}

/** The hashes of the secrets, in the vault. */
function createKeyHashes({ vault, digest }: Pick<IdentityOptions, 'vault' | 'digest'>) {
  const vaultKeyOf = (storeId: string, id: string) => ({ storeId, kind: KIND, id });

  async function read(storeId: string, keyId: string) {
    const record = await vault.get(vaultKeyOf(storeId, keyId));
    if (!record) return undefined;
    return { hashes: JSON.parse(record.value) as Hashes, revision: record.revision };
  }

  const store: ApiKeys['store'] = async ({ storeId, keyId }, secret, rotation) => {
    const { generation, previousUntil } = rotation;
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const before = await read(storeId, keyId);
      if (before && before.hashes.generation >= generation) return;
      const untilMs = previousUntil === undefined ? undefined : instantMs(previousUntil);
      const previous = before && untilMs !== undefined && { hash: before.hashes.hash, untilMs };
      const hash = digest.sha256(secret);
      const value = JSON.stringify({ generation, hash, ...(previous && { previous }) });
      const key = vaultKeyOf(storeId, keyId);
      if ((await vault.put(key, { value }, before?.revision ?? 0)) === 'done') return;
    }
    throw new TillstreamError('contention', `the key ${keyId} changed ${MAX_RETRIES} times`);
  };

  return {
    read,
    store,
    remove: (storeId: string, keyId: string) => vault.remove(vaultKeyOf(storeId, keyId)),
  };
}
