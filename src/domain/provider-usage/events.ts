import { Type } from '@sinclair/typebox';

import { INTEGRATION_PROVIDERS } from '../integrations/events.ts';
import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { Day, described, eventData, Instant, oneOf } from '../kernel/schema.ts';

const Count = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });

/** One day of one provider, so that no stream grows for ever. */
export const usageIdOf = (provider: string, day: string) => `${provider}-${day}`;

/** What the calls of an hour were. All numbers are of the calls since the last count. */
export const usageFields = {
  provider: oneOf(INTEGRATION_PROVIDERS, 'The provider.'),
  day: described(Day, 'The day of the calls in UTC.'),
  hour: Type.Integer({ minimum: 0, maximum: 23, description: 'The hour of the calls in UTC.' }),
  calls: Count('Calls that were sent, with or without an answer.'),
  reads: Count('Those of them that only read: QuickBooks meters these.'),
  failed: Count(
    'Those of them without an answer, or with one that says that the provider or the access fails.',
  ),
  bytes: Count('Bytes of the bodies that were sent and received.'),
  totalMs: Count('How long the calls took together, in ms.'),
  lastSuccessAt: Type.Optional(described(Instant, 'When the last answered call ended.')),
  lastFailureAt: Type.Optional(described(Instant, 'When the last failed call ended.')),
};

export const usageEvents = defineEvents({
  ProviderCallsCounted: eventData(
    'An instance counted its calls to a provider for a shop.',
    usageFields,
  ),
});

export type UsageEvent = EventOf<typeof usageEvents>;
