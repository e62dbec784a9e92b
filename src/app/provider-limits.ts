import type { Limiters } from '../api/pipeline/limiters.ts';
import type { GuardParts } from '../commands/integrations/guarded-client.ts';
import { cacheKey } from '../domain/kernel/names.ts';
import type { ProviderName } from '../ports/provider-client.ts';
import type { LimiterName } from '../ports/rate-limit-definitions.ts';

/** Mercado Pago names no figure: it answers 429 with the time to wait. */
const LIMITER_OF: Readonly<Partial<Record<ProviderName, LimiterName>>> = {
  square: 'square_orders',
  quickbooks: 'quickbooks_api',
};

/** Takes calls from the limits that all instances share. */
export function takeCallOf(limiters: Limiters): GuardParts['takeCall'] {
  return (storeId, provider) => {
    const name = LIMITER_OF[provider];
    if (name === undefined) return undefined;
    return limiters.take(name, cacheKey('caller', storeId, provider))?.then(({ result }) => result);
  };
}
