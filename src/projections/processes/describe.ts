import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { ProcessEvent } from '../../domain/kernel/processes/events.ts';

/** What happened to a process, in words. */
export function describeProcessEvent(event: ProcessEvent | CommandRefused): string {
  switch (event.type) {
    case 'ProcessEnabled':
      return `The process ${event.data.process} runs from here on`;
    case 'ProcessReacted': {
      const { process, instance, stage, planned, ended } = event.data;
      const steps = planned.length > 0 ? `; next: ${planned.map((s) => s.step).join(', ')}` : '';
      const end = ended === undefined ? '' : ` (${ended})`;
      return `${process} of ${instance} is at ${stage}${end}${steps}`;
    }
    case 'ProcessStuck': {
      const { process, instance, step, reason } = event.data;
      return `${process} of ${instance} is stuck at ${step}: ${reason}`;
    }
    case 'ProcessRetried':
      return `An operator had ${event.data.process} of ${event.data.instance} retried`;
    case 'CommandRefused':
      return `Refused: ${event.data.message}`;
  }
}
