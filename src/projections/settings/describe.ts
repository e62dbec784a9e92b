import type { SettingEvent } from '../../domain/settings/events.ts';

/** The change of a setting in one sentence. */
export function describeSettingEvent({ type, data }: SettingEvent): string | undefined {
  switch (type) {
    case 'SettingChanged': {
      const { key, value, previous } = data;
      if (previous === null) return `${key} set to ${shown(value)}`;
      return `${key} changed from ${shown(previous)} to ${shown(value)}`;
    }
    case 'SettingRemoved':
      return `${data.key} removed; it was ${shown(data.previous)}`;
    default:
      return undefined;
  }
}

const shown = (value: unknown): string => JSON.stringify(value);
