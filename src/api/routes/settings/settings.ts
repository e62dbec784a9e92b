import { Type } from '@sinclair/typebox';

import { settingCommands, settingDecider, SettingKey } from '../../../domain/settings/index.ts';
import { SettingSchema } from '../../../projections/settings/document.ts';
import { findSetting, listSettings } from '../../../projections/settings/queries.ts';
import { commandRoutes } from '../../command.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writtenAt } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';

const tag = 'Configuration';
const permission = 'system:configure';
const path = '/system/configuration/:key';
export const settingParams = Type.Object({ key: SettingKey });

const command = commandRoutes({
  tag,
  decider: settingDecider,
  commands: settingCommands,
  id: 'key',
  response: Type.Object({
    key: SettingKey,
    value: Type.Optional(SettingSchema.properties.value),
    ...written,
  }),
  respond: (result) => ({
    key: result.events[0]?.data.key ?? '',
    ...(result.state.value !== null && { value: result.state.value }),
    ...writtenAt(result),
  }),
});

/** Settings of the shop as keys with values. Secrets are no settings: they are refused. */
export const settingRoutes: readonly Route[] = [
  query({
    path: '/system/configuration',
    operationId: 'listSettings',
    summary: 'Settings of the shop, by key',
    tag,
    permission,
    query: Type.Object(pageQuery),
    response: pageOf(SettingSchema),
    async read({ query: page, reads }) {
      return pageResponse(await listSettings(reads, page));
    },
  }),
  query({
    path,
    operationId: 'getSetting',
    summary: 'One setting',
    tag,
    permission,
    params: settingParams,
    response: SettingSchema,
    errors: ['setting_not_found'],
    async read({ params: { key }, reads, caller }) {
      const found = await findSetting(reads, caller.shop.id, key);
      return orNotFound(found, 'setting_not_found', `setting ${key}`);
    },
    revision: ({ revision }) => revision,
  }),
  command('ChangeSetting', {
    method: 'put',
    path,
    operationId: 'changeSetting',
    summary: 'Set a value',
    description:
      'The value before stays in history and in the audit trail. What looks like a key, a token or a password is refused, and recorded nowhere.',
    permission,
    params: settingParams,
    example: { value: 2 },
    errors: ['setting_is_secret'],
  }),
  command('RemoveSetting', {
    method: 'delete',
    path,
    operationId: 'removeSetting',
    summary: 'Remove a setting',
    permission,
    params: settingParams,
    errors: ['setting_not_found'],
  }),
];
