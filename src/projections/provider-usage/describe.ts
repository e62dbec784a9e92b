import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { UsageEvent } from '../../domain/provider-usage/events.ts';

/** An event of the calls to a provider in one plain sentence. */
export function describeUsageEvent(event: UsageEvent | CommandRefused): string {
  if (event.type === 'CommandRefused') {
    return `Refused ${event.data.command}: ${event.data.message}`;
  }
  const { provider, calls, failed } = event.data;
  return `${calls} calls to ${provider}, of which ${failed} failed`;
}
