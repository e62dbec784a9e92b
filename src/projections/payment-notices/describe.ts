import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { NoticeEvent } from '../../domain/payment-notices/events.ts';

/** A notice of the payment provider in one plain sentence. */
export function describeNoticeEvent(event: NoticeEvent | CommandRefused): string {
  if (event.type === 'CommandRefused') {
    return `Refused ${event.data.command}: ${event.data.message}`;
  }
  return `The provider gave notice of payment ${event.data.attemptId}`;
}
