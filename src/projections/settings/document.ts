import { type Static, Type } from '@sinclair/typebox';

import { strict } from '../../domain/kernel/schema.ts';
import { SettingKey, SettingValue } from '../../domain/settings/events.ts';

/** A setting of the shop, and its last change. */
export const SettingSchema = strict(
  {
    key: SettingKey,
    value: SettingValue,
    revision: Type.Integer({ description: 'Revision of the setting, for If-Match.' }),
    updatedAt: Type.String(),
    updatedBy: Type.String({ description: 'The user or key that changed it.' }),
  },
  { $id: 'Setting' },
);

export type Setting = Static<typeof SettingSchema>;
