import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { RecipientEvent } from '../../domain/notifications/recipients/events.ts';
import type { TemplateEvent } from '../../domain/notifications/templates/events.ts';

/** What an event of a person's notifications means, in one plain sentence. */
export function describeRecipientEvent(event: RecipientEvent | CommandRefused): string {
  switch (event.type) {
    case 'PreferencesChanged': {
      const { via, choices, language } = event.data;
      const chosen = choices.map(
        ({ topic, channel, allowed }) => `${topic} by ${channel}: ${allowed ? 'yes' : 'no'}`,
      );
      const all = [...(language === undefined ? [] : [`language ${language}`]), ...chosen];
      return `Preferences changed by ${via === 'link' ? 'a link' : 'the staff'}: ${all.join(', ')}`;
    }
    case 'NotificationDecided': {
      const { topic, channels, suppressed } = event.data;
      const by = channels.length === 0 ? 'not sent' : `to be sent by ${channels.join(' and ')}`;
      const not = suppressed.map(({ channel, reason }) => `, not by ${channel} (${reason})`);
      return `Notification ${topic} ${by}${not.join('')}`;
    }
    case 'AddressBounced':
      return `Messages by ${event.data.channel} come back: no more are sent to that address`;
    case 'AddressRestored':
      return `Messages by ${event.data.channel} are sent again`;
    case 'RecipientErased':
      return `The person is not notified any more: ${event.data.reason}`;
    case 'RecipientPeriodClosed':
      return `Period ${event.data.period} closed: what is known of the person goes on in the next`;
    case 'RecipientPeriodOpened':
      return `Period ${event.data.period} opened with what the one before knew`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

export function describeTemplateEvent(event: TemplateEvent | CommandRefused): string {
  if (event.type === 'CommandRefused') return `Refused: ${event.data.message}`;
  const { topic, language, version } = event.data;
  return `Template ${topic} (${language}) saved as version ${version}`;
}
