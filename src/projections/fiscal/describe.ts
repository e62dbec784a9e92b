import type { NumberEvent } from '../../domain/fiscal/numbers/events.ts';
import type { SeriesEvent } from '../../domain/fiscal/series/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

const rangeText = ({ from, to }: { readonly from: number; readonly to: number }) =>
  from === to ? `number ${from}` : `numbers ${from} to ${to}`;

/** An event about a series of fiscal numbers in one plain sentence. */
export function describeSeriesEvent(event: SeriesEvent | CommandRefused): string {
  switch (event.type) {
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
    case 'FiscalSeriesOpened':
      return `Opened series ${event.data.seriesId} at number ${event.data.firstNumber}`;
    case 'FiscalRangeGranted':
      return `Device ${event.data.deviceId} got ${rangeText(event.data)}`;
    case 'FiscalRangeAbandoned':
      return `Device ${event.data.deviceId} began again and lost ${rangeText(event.data)}`;
    case 'FiscalNumbersSkipped':
      return event.data.deviceId === undefined
        ? `Left out ${rangeText(event.data)}: a device may have some of them`
        : `Left out ${rangeText(event.data)}: device ${event.data.deviceId} has some of them`;
    case 'FiscalSeriesResumed':
      return `${event.data.resumedBy} resumed series ${event.data.seriesId}: ${event.data.reason}`;
    case 'FiscalSeriesPeriodClosed':
      return `Series ${event.data.seriesId} goes on in the next stream`;
    case 'FiscalSeriesPeriodOpened':
      return `Series ${event.data.seriesId} goes on here at number ${event.data.next}`;
  }
}

/** An event about fiscal numbers in one plain sentence. */
export function describeNumberEvent(event: NumberEvent | CommandRefused): string {
  switch (event.type) {
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
    case 'FiscalNumbersHeld':
      return `Device ${event.data.deviceId} holds ${rangeText(event.data)}`;
    case 'FiscalNumberIssued':
      return `Number ${event.data.number} was issued for ${event.data.documentId}`;
    case 'FiscalNumberCorrected':
      return `Number ${event.data.number} was issued for ${event.data.documentId}, and counted as ${event.data.before}`;
    case 'FiscalNumberRepeated':
      return `Number ${event.data.number} was issued again, for ${event.data.documentId}`;
    case 'FiscalNumberVoided':
      return `Number ${event.data.number} was voided: ${event.data.reason}`;
    case 'FiscalNumbersReturned':
      return `Device ${event.data.deviceId} returned ${rangeText(event.data)} unused`;
    case 'FiscalNumbersUnaccounted':
      return `No device accounts for ${rangeText(event.data)} of device ${event.data.deviceId}`;
    case 'FiscalNumbersSetAside':
      return `Left out ${rangeText(event.data)}`;
    case 'FiscalNumbersDecided':
      return `${event.data.decidedBy} decided ${rangeText(event.data)}: ${event.data.fate}, ${event.data.reason}`;
  }
}
