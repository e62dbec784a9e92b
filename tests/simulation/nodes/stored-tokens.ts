import type { StoredTokens } from '../../../src/commands/integrations/tokens.ts';
import type { SealedText } from '../../../src/ports/cipher.ts';
import type { Vault } from '../../../src/ports/vault.ts';

/** Tokens of connections as they were stored. */
export interface SeenTokens extends StoredTokens {
  readonly shop: string;
  readonly credentialsId: string;
  /** In ms of the world. */
  readonly storedAt: number;
}

/** The vault, and what came into it of the tokens of connections. */
export function watchTokens(
  vault: Vault,
  now: () => number,
  textOf: (sealed: SealedText) => string,
): { readonly vault: Vault; readonly stored: readonly SeenTokens[] } {
  const stored: SeenTokens[] = [];
  const watched: Vault = {
    ...vault,
    async put(key, record, expectedRevision) {
      const outcome = await vault.put(key, record, expectedRevision);
      if (outcome === 'done' && key.kind === 'credentials') {
        const text = textOf(JSON.parse(record.value) as SealedText);
        const tokens = JSON.parse(text) as StoredTokens;
        stored.push({ ...tokens, shop: key.storeId, credentialsId: key.id, storedAt: now() });
      }
      return outcome;
    },
  };
  return { vault: watched, stored };
}
