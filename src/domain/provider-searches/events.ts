import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { Day, described, eventData, Instant, oneOf } from '../kernel/schema.ts';

/** Providers whose payments are searched for those that no webhook reported. */
export const SEARCHED_PROVIDERS = ['mercadopago', 'square'] as const;
export type SearchedProvider = (typeof SEARCHED_PROVIDERS)[number];

/** Days without a connection after which a provider is searched no more. */
export const MAX_IDLE_DAYS = 30;

export const searchFields = {
  provider: oneOf(SEARCHED_PROVIDERS, 'The provider.'),
  day: described(Day, 'The day in UTC whose searches begin.'),
  since: described(Instant, 'Payments that changed at this time or later are looked for.'),
  idleDays: Type.Integer({
    minimum: 0,
    maximum: MAX_IDLE_DAYS,
    description: 'Days before it in which the shop was not connected.',
  }),
};

export const searchEvents = defineEvents({
  ProviderSearchOpened: eventData(
    'The payments at a provider are searched all day for those that no webhook reported.',
    searchFields,
  ),
});

export type SearchEvent = EventOf<typeof searchEvents>;
