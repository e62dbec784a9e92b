import { historyEntity } from '../api/routes/history/entities.ts';
import { settingParams, settingRoutes } from '../api/routes/settings/settings.ts';
import { settingDecider, type SettingEvent, settingEvents } from '../domain/settings/index.ts';
import { describeSettingEvent } from '../projections/settings/describe.ts';
import { SettingSchema } from '../projections/settings/document.ts';
import { settings as settingsModel } from '../projections/settings/projection.ts';
import { defineFeature } from './feature.ts';

export const settings = defineFeature({
  name: 'settings',
  deciders: [settingDecider],
  events: settingEvents,
  projections: [settingsModel],
  documents: { settings: 'A setting: `GET /system/configuration`, by key too.' },
  routes: settingRoutes,
  descriptions: [
    { category: 'setting', describe: (event) => describeSettingEvent(event as SettingEvent) },
  ],
  audit: { SettingChanged: { severity: 'MEDIUM' }, SettingRemoved: { severity: 'MEDIUM' } },
  timeTravel: [
    historyEntity({
      category: 'setting',
      path: 'settings',
      id: 'key',
      noun: 'setting',
      name: 'Setting',
      article: 'A setting',
      notFound: 'setting_not_found',
      params: settingParams,
      readModel: settingsModel,
      document: SettingSchema,
    }),
  ],
});
