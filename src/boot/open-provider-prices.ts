import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { isCurrency, MAX_AMOUNT_MINOR } from '../domain/kernel/money.ts';

const closed = { additionalProperties: false };
const Minor = Type.Integer({ minimum: 0, maximum: MAX_AMOUNT_MINOR });
const Price = Type.Object(
  {
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    ...{ baseMinor: Minor, includedCalls: Minor, perThousandMinor: Minor },
  },
  closed,
);
const Prices = Type.Object(
  {
    square: Type.Optional(Price),
    quickbooks: Type.Optional(Price),
    mercadopago: Type.Optional(Price),
  },
  closed,
);

/**
 * The prices of calls in `PROVIDER_PRICES`; empty: none.
 * @throws Error that names the place and what was expected.
 */
export function openProviderPrices(text: string): Static<typeof Prices> {
  if (text === '') return {};
  let prices: unknown;
  try {
    prices = JSON.parse(text);
  } catch (cause) {
    throw new Error('PROVIDER_PRICES: expected JSON', { cause });
  }
  if (!Value.Check(Prices, prices)) {
    const first = Value.Errors(Prices, prices).First();
    const message = first?.message.toLowerCase() ?? '';
    throw new Error(`PROVIDER_PRICES: ${first?.path || 'the prices'}: ${message}`);
  }
  for (const [provider, { currency }] of Object.entries(prices)) {
    if (isCurrency(currency)) continue;
    throw new Error(`PROVIDER_PRICES: /${provider}/currency: expected a code of ISO 4217`);
  }
  return prices;
}
