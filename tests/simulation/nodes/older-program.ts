import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';

/**
 * Fields that a version of an event has and the version before had not. Those of `DECIDED` change
 * what is recorded: events in which they are could not come from an older program.
 */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  OrderLineVoided: ['name'],
  AccountTermsChanged: ['previous'],
  OrderPaymentRecorded: ['drawerId'],
  AccountChargeRequested: ['drawerId'],
  AccountChargeConfirmed: ['drawerId'],
  OrderStatusChanged: ['trackingNumber'],
};
const DECIDED = ['drawerId', 'trackingNumber'];

/** The event as the program before this one recorded it. */
function asItWas(event: NewEvent): NewEvent {
  const added = ADDED[event.type];
  if (!added) return event;
  const { data, metadata } = event;
  const amounts = data as Readonly<Record<string, unknown>>;
  if (DECIDED.some((field) => field in amounts && amounts[field] !== 0)) return event;
  const kept = Object.entries(data as object).filter(([name]) => !added.includes(name));
  const schemaVersion = metadata.schemaVersion - 1;
  return { ...event, data: Object.fromEntries(kept), metadata: { ...metadata, schemaVersion } };
}

/**
 * The log as a process has it that was not updated yet: it records events of the older versions.
 * What newer ones recorded it reads as they do, which a program that old could not.
 */
export function asOlderProgram(log: EventLog): EventLog {
  return {
    ...log,
    append: (stream, expected, events) => log.append(stream, expected, events.map(asItWas)),
  };
}
