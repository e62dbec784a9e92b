import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import type { Choice, RecipientEvent } from '../../../domain/notifications/recipients/events.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { Preferences } from './document.ts';

/**
 * One document per person that was notified, or has chosen something: that of a closed period goes,
 * the next one takes over.
 */
export const notificationPreferences: Projection<Preferences, RecipientEvent | CommandRefused> = {
  name: 'notification-preferences',
  version: 2,
  collection: 'notification-preferences',
  indexes: [
    { name: 'by_change', fields: ['updatedAt'] },
    { name: 'by_person', fields: ['personId', 'updatedAt'] },
  ],
  feed: 'integrations',
  ...perEntity('recipient'),
  evolve(document, event) {
    const { revision, recordedAt } = event;
    if (event.type === 'RecipientPeriodClosed') return undefined;
    const before = document ?? empty(event);
    return { ...change(before, event), revision, updatedAt: recordedAt };
  },
};

function empty({ stream, revision, recordedAt, data }: RecordedEvent & Change): Preferences {
  const personId = 'personId' in data ? data.personId : (partsOf(stream).parts[0] ?? '');
  return { personId, revision, choices: [], bouncing: [], updatedAt: recordedAt };
}

type Change = Exclude<RecipientEvent, { type: 'RecipientPeriodClosed' }> | CommandRefused;

function change(document: Preferences, event: Change): Preferences {
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
    case 'RecipientPeriodOpened': {
      const { personId, language, choices, bouncing } = event.data;
      const channels = bouncing.map(({ channel }) => channel);
      return {
        ...{ ...document, personId, choices, bouncing: channels },
        ...omitUndefined({ language }),
      };
    }
    case 'CommandRefused':
      return document;
  }
}
