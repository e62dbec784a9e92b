import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { createProviderGuards } from '../adapters/guards/provider-guards.ts';
import type { Cache } from '../ports/cache.ts';
import type { Clock } from '../ports/clock.ts';
import { BREAKERS, type ProviderGuards } from '../ports/provider-guard.ts';

const DAY_MS = 86_400_000;
const closed = { additionalProperties: false };
const Percent = Type.Integer({ minimum: 1, maximum: 100 });
const Calls = Type.Integer({ minimum: 1, maximum: 1_000 });
const Ms = Type.Integer({ minimum: 1, maximum: DAY_MS });
const Settings = Type.Partial(
  Type.Object({
    ...{ failureThreshold: Percent, volumeThreshold: Calls, successThreshold: Calls },
    ...{ monitoringPeriodMs: Ms, expectedResponseMs: Ms, recoveryTimeoutMs: Ms },
  }),
  closed,
);
const Breakers = Type.Object(
  {
    square: Type.Optional(Settings),
    quickbooks: Type.Optional(Settings),
    mercadopago: Type.Optional(Settings),
  },
  closed,
);

/**
 * Breakers with the settings of `PROVIDER_BREAKERS`; empty: the defaults.
 * @throws Error that names the place and what was expected.
 */
export function openProviderGuards(
  text: string,
  clock: Pick<Clock, 'now'>,
  shared?: Cache,
): ProviderGuards {
  const changes = changesIn(text);
  const settings = {
    square: { ...BREAKERS.square, ...changes.square },
    quickbooks: { ...BREAKERS.quickbooks, ...changes.quickbooks },
    mercadopago: { ...BREAKERS.mercadopago, ...changes.mercadopago },
  };
  return createProviderGuards({ clock, settings, ...(shared && { shared }) });
}

function changesIn(text: string): Static<typeof Breakers> {
  if (text === '') return {};
  let changes: unknown;
  try {
    changes = JSON.parse(text);
  } catch (cause) {
    throw new Error('PROVIDER_BREAKERS: expected JSON', { cause });
  }
  if (Value.Check(Breakers, changes)) return changes;
  const first = Value.Errors(Breakers, changes).First();
  const message = first?.message.toLowerCase() ?? '';
  throw new Error(`PROVIDER_BREAKERS: ${first?.path || 'the settings'}: ${message}`);
}
