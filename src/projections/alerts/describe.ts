import type { AlertEvent } from '../../domain/alerts/events.ts';

/** What an event of an alert means, in one plain sentence. */
export function describeAlertEvent(event: AlertEvent): string | undefined {
  switch (event.type) {
    case 'AlertRaised': {
      const { severity, title, subject, detail } = event.data;
      return `${severity}: ${title} (${subject}). ${detail}`.trim();
    }
    case 'AlertAcknowledged':
      return `Acknowledged${noteOf(event.data)}`;
    case 'AlertEscalated':
      return `Escalated to level ${event.data.level}: it waits for a person`;
    case 'AlertResolved': {
      const how = event.data.reason === 'cleared' ? 'Resolved: the condition ended' : 'Closed';
      return `${how}${noteOf(event.data)}`;
    }
  }
}

const noteOf = ({ note }: { readonly note?: string }) => (note === undefined ? '' : `: ${note}`);
