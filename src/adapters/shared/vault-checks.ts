import { invariant } from '../../domain/kernel/invariant.ts';
import { MAX_VAULT_PAGE, MAX_VAULT_VALUE_BYTES, type VaultRecord } from '../../ports/vault.ts';

/** @throws InvariantError when the record must not be stored. */
export function assertVaultRecord({ value, expiresAt }: Omit<VaultRecord, 'revision'>): void {
  // Its length only: the value is secret.
  const bytes = new TextEncoder().encode(value).length;
  invariant(bytes <= MAX_VAULT_VALUE_BYTES, 'a vault record of 64 KiB at most', { bytes });
  const time = expiresAt === undefined ? 0 : Date.parse(expiresAt);
  invariant(Number.isFinite(time), 'expiresAt as an ISO 8601 time', { expiresAt });
}

/** @throws InvariantError when the page is larger than allowed. */
export function assertVaultPage(limit: number): void {
  const allowed = Number.isInteger(limit) && limit >= 1 && limit <= MAX_VAULT_PAGE;
  invariant(allowed, `a page of 1 to ${MAX_VAULT_PAGE} records`, { limit });
}
