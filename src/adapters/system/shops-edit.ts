import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';

import type { Role, Shop } from '../../domain/kernel/shop.ts';
import { systemDigest } from './digest.ts';
import { assertShops, readShopsFile, ShopsFileError, writeAtomically } from './shops-file.ts';

const KEY_BYTES = 32;

/** A new key. Only its hash is stored, so the secret is shown once. */
export function newSecret(role: Role): { readonly secret: string; readonly sha256: string } {
  const secret = `ts_${role}_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { secret, sha256: systemDigest.sha256(secret) };
}

/**
 * Changes the shops file: valid before and after, replaced as a whole, by one editor at a time.
 * @throws ShopsFileError, and what `change` throws; the file is then as it was.
 */
export async function editShopsFile(
  path: string,
  change: (shops: readonly Shop[]) => readonly Shop[],
): Promise<void> {
  const lock = `${path}.lock`;
  const held = await open(lock, 'wx').catch((cause: unknown) => {
    const problem = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const expected = problem
      ? `another command is changing it (if none is, delete ${lock})`
      : 'its folder cannot be written to';
    throw new ShopsFileError(path, expected, cause);
  });
  try {
    const shops = await readShopsFile(path);
    if (!shops) throw new ShopsFileError(path, 'there is no such file; the first start creates it');
    const changed = assertShops(path, change(shops));
    await writeAtomically(path, `${JSON.stringify(changed, undefined, 2)}\n`);
  } finally {
    await held.close();
    await rm(lock, { force: true });
  }
}
