import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { documentKey, partsOf } from '../../../domain/kernel/names.ts';
import type { Choice, RecipientEvent } from '../../../domain/notifications/recipients/events.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { Preferences } from './document.ts';

export const preferencesKey = (storeId: string, personId: string): string =>
  documentKey(storeId, personId);

/** One document per person that was notified, or has chosen something. */
export const notificationPreferences: Projection<Preferences, RecipientEvent | CommandRefused> = {
  name: 'notification-preferences',
  version: 1,
  collection: 'notification-preferences',
  indexes: [{ name: 'by_change', fields: ['updatedAt'] }],
  feed: 'integrations',
  ...perEntity('recipient'),
  evolve(document, event) {
    const { revision, recordedAt } = event;
    const before = document ?? empty(event);
    return { ...change(before, event), revision, updatedAt: recordedAt };
  },
};

function empty({ stream, revision, recordedAt }: RecordedEvent): Preferences {
  const personId = partsOf(stream).parts[0] ?? '';
  return { personId, revision, choices: [], bouncing: [], updatedAt: recordedAt };
}

function change(document: Preferences, event: RecipientEvent | CommandRefused): Preferences {
  switch (event.type) {
    case 'PreferencesChanged': {
      const { language, choices } = event.data;
      const isNew = (one: Choice) =>
        choices.some(({ topic, channel }) => topic === one.topic && channel === one.channel);
      const kept = document.choices.filter((one) => !isNew(one));
      const changed = { ...document, choices: [...kept, ...choices] };
      return language === undefined ? changed : { ...changed, language };
    }
    case 'NotificationDecided': {
      const { topic, channels, suppressed, decidedAt } = event.data;
      return { ...document, lastDecision: { topic, at: decidedAt, channels, suppressed } };
    }
    case 'AddressBounced': {
      const { channel } = event.data;
      const others = document.bouncing.filter((one) => one !== channel);
      return { ...document, bouncing: [...others, channel] };
    }
    case 'AddressRestored': {
      const { channel } = event.data;
      return { ...document, bouncing: document.bouncing.filter((one) => one !== channel) };
    }
    case 'RecipientErased':
      return { ...document, bouncing: [] };
    case 'CommandRefused':
      return document;
  }
}
