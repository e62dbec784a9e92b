import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { SettingEvent } from '../../domain/settings/events.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import type { Setting } from './document.ts';

/** One document per setting of a shop; none for one that was removed. */
export const settings: Projection<Setting, SettingEvent | CommandRefused> = {
  name: 'settings',
  version: 1,
  collection: 'settings',
  indexes: [{ name: 'by_key', fields: ['key'] }],
  feed: 'integrations',
  ...perEntity('setting'),
  evolve(setting, event) {
    const { revision, recordedAt: updatedAt, metadata } = event;
    switch (event.type) {
      case 'SettingChanged': {
        const { key, value } = event.data;
        return { key, value, revision, updatedAt, updatedBy: metadata.actor.id };
      }
      case 'SettingRemoved':
        return undefined;
      case 'CommandRefused':
        return setting && { ...setting, revision };
    }
  },
};
