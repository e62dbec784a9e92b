import { type Static, Type } from '@sinclair/typebox';

import { exponentOf } from '../../domain/kernel/money.ts';
import type {
  CheckoutPage,
  CheckoutRequest,
  ProviderCheckouts,
} from '../../ports/provider-client.ts';
import type { createCalls } from '../shared/provider-calls.ts';

const PreferenceSchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200 }),
  init_point: Type.String({ pattern: '^https?://', maxLength: 2_048 }),
});
const FoundResponse = Type.Object({
  elements: Type.Array(
    Type.Object({ id: Type.String(), init_point: Type.Optional(Type.String()) }),
  ),
});

const pageOf = ({ id, init_point: url }: Static<typeof PreferenceSchema>): CheckoutPage => ({
  ...{ preferenceId: id, url },
});

/** Preferences: pages on which several payers can pay, each with a payment of its own. */
export function createCheckouts(call: ReturnType<typeof createCalls>): ProviderCheckouts {
  const read = async (id: string) => {
    const path = `/checkout/preferences/${encodeURIComponent(id)}`;
    const result = await call({ method: 'GET', path, schema: PreferenceSchema });
    return result.kind === 'ok' ? ({ kind: 'ok', value: pageOf(result.value) } as const) : result;
  };
  return {
    async find(reference) {
      const query = new URLSearchParams({ external_reference: reference });
      const path = `/checkout/preferences/search?${query.toString()}`;
      const result = await call({ method: 'GET', path, schema: FoundResponse });
      if (result.kind !== 'ok') return result;
      const [first] = result.value.elements;
      return first ? read(first.id) : { kind: 'ok', value: undefined };
    },
    async create(request) {
      const body = bodyOf(request);
      const path = '/checkout/preferences';
      const result = await call({ method: 'POST', path, body, schema: PreferenceSchema });
      return result.kind === 'ok' ? { kind: 'ok', value: pageOf(result.value) } : result;
    },
  };
}

function bodyOf(request: CheckoutRequest) {
  const { reference, title, amountMinor, currency, returnUrl, webhookUrl } = request;
  const urls = { success: returnUrl, failure: returnUrl, pending: returnUrl };
  return {
    items: [
      {
        ...{ title, quantity: 1, currency_id: currency },
        unit_price: majorUnits(amountMinor, currency),
      },
    ],
    external_reference: reference,
    ...(returnUrl !== undefined && { back_urls: urls }),
    ...(returnUrl?.startsWith('https:') && { auto_return: 'approved' }),
    ...(webhookUrl !== undefined && { notification_url: webhookUrl }),
  };
}

/** By the digits, so that the number is the nearest one to the decimal that is meant. */
function majorUnits(amountMinor: number, currency: string): number {
  const exponent = exponentOf(currency);
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  const at = digits.length - exponent;
  return Number(`${digits.slice(0, at)}.${digits.slice(at)}`);
}
