import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData } from '../kernel/schema.ts';

const MAX_TEXT_LENGTH = 2_000;
const MAX_ITEMS = 100;
const MAX_ITEM_LENGTH = 200;
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/** `orders.print-copies`: words of lower-case letters, digits and dashes, joined by dots. */
export const SettingKey = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,39}([.][a-z0-9][a-z0-9-]{0,39}){0,3}$',
  maxLength: 160,
  description: 'Name of the setting, such as `orders.print-copies`.',
});

export const SettingValue = Type.Union(
  [
    Type.String({ maxLength: MAX_TEXT_LENGTH }),
    Type.Number({ minimum: -MAX_NUMBER, maximum: MAX_NUMBER }),
    Type.Boolean(),
    Type.Array(Type.String({ maxLength: MAX_ITEM_LENGTH }), { maxItems: MAX_ITEMS }),
  ],
  { description: 'A text, a number, true or false, or a list of texts. Never a secret.' },
);
export type SettingValue = Static<typeof SettingValue>;

const Key = described(SettingKey, 'The setting.');

export const settingEvents = defineEvents({
  SettingChanged: eventData('A setting of the shop got this value.', {
    key: Key,
    value: described(SettingValue, 'Its value from now on.'),
    previous: Type.Union([SettingValue, Type.Null()], {
      description: 'Its value before; `null`: it had none.',
    }),
  }),
  SettingRemoved: eventData('A setting was removed.', {
    key: Key,
    previous: described(SettingValue, 'Its value before.'),
  }),
});

export type SettingEvent = EventOf<typeof settingEvents>;
