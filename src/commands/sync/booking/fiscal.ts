import {
  blockOf,
  blocksOf,
  isUnknown,
  type NumberCommand,
  numberDecider,
  type NumberEvent,
} from '../../../domain/fiscal/index.ts';
import { instantMs } from '../../../domain/kernel/instant.ts';
import {
  type FactFlag,
  instantOf,
  type NumbersReturned,
  type NumberUsed,
  type NumberVoided,
} from '../../../domain/sync/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { leaveOut } from '../../fiscal/series.ts';
import { book, type Booked, type Booking, isError, rejectedBy } from './booking.ts';

/** Numbers that one fact gives back; far more than a range has. */
const MAX_RETURNED = 10_000;

/** A number of a series that a document has. */
export interface UsedNumber {
  readonly seriesId: string;
  readonly number: number;
}

/** What the fact says of the number, and when and where. */
function saidBy({ kept, fact, time }: Booking) {
  const { id: factId, deviceId, epoch, seq, hash, keptAt } = kept;
  return {
    ...{ factId, deviceId, ...omitUndefined({ epoch, seq }), hash },
    cashier: fact.actor.id,
    claimedAt: fact.occurredAt,
    occurredAt: instantOf(time),
    keptAt,
  };
}

/** Books that a document has a number. The paper exists: whatever is remarkable is a flag (F2). */
export async function bookNumber(
  booking: Booking,
  { seriesId, number }: UsedNumber,
  documentId: string,
): Promise<Booked> {
  const data = { seriesId, number, documentId, ...saidBy(booking) };
  return say(booking, { seriesId, number }, { type: 'IssueNumber', data });
}

/** A fact of its own about a number, such as for a sale that got it later. */
export function bookNumberUsed(booking: Booking, used: NumberUsed): Promise<Booked> {
  return bookNumber(booking, used, used.orderId);
}

export function bookNumberVoided(booking: Booking, voided: NumberVoided): Promise<Booked> {
  const { seriesId, number, reason } = voided;
  const data = { seriesId, number, reason, ...saidBy(booking) };
  return say(booking, voided, { type: 'VoidNumber', data });
}

/** The device will not use these numbers. */
export async function bookNumbersReturned(
  booking: Booking,
  { seriesId, from, to }: NumbersReturned,
): Promise<Booked> {
  const { factId, deviceId, keptAt: returnedAt } = saidBy(booking);
  if (to < from || to - from >= MAX_RETURNED) {
    const detail = `expected to from ${from} to ${from + MAX_RETURNED - 1}, found ${to}`;
    return { rejected: { code: 'invalid_fact', detail } };
  }
  for (const part of blocksOf({ from, to })) {
    const result = await book(booking, numberDecider, {
      entityId: blockOf(seriesId, part.from),
      commandId: `fact ${factId} return ${part.from}`,
      command: { type: 'ReturnNumbers', data: { seriesId, ...part, factId, deviceId, returnedAt } },
    });
    if (isError(result)) return rejectedBy(result);
  }
  return { flags: [] };
}

async function say(
  booking: Booking,
  { seriesId, number }: UsedNumber,
  command: NumberCommand,
): Promise<Booked> {
  const result = await book(booking, numberDecider, {
    entityId: blockOf(seriesId, number),
    commandId: `fact ${booking.kept.id} number`,
    command,
  });
  if (isError(result)) return rejectedBy(result);
  if (result.events.some(isUnknown)) await leaveOutOf(booking, { seriesId, number });
  const { deviceId, expiresAt } = result.state.numbers[number] ?? {};
  const flags = new Set(result.events.flatMap(flagsOf));
  if (deviceId !== booking.kept.deviceId) flags.add('number-not-granted');
  if (expiresAt !== undefined && booking.time.atMs > instantMs(expiresAt)) {
    flags.add('number-after-expiry');
  }
  return { flags: [...flags] };
}

/** The process does the same, for a number whose fact was booked just before a crash. */
function leaveOutOf(booking: Booking, { seriesId, number }: UsedNumber): Promise<void> {
  const { commands, clock, storeId, fact, kept, time } = booking;
  const { businessDay } = time;
  const sequence = {
    ...{ commands, clock, commandId: `fact ${kept.id}` },
    context: { storeId, now: instantOf(time), businessDay },
    envelope: {
      actor: { kind: 'device', id: fact.deviceId } as const,
      ...{ correlationId: `fact ${fact.id}`, causationId: `fact ${fact.id}`, origin: undefined },
    },
  };
  return leaveOut(sequence, seriesId, { deviceId: kept.deviceId, heldThrough: number });
}

function flagsOf(event: NumberEvent): readonly FactFlag[] {
  if (event.type === 'FiscalNumberRepeated') return ['number-twice'];
  const isCorrected = event.type === 'FiscalNumberCorrected' && event.data.before !== 'skipped';
  return isCorrected ? ['number-corrected'] : [];
}
