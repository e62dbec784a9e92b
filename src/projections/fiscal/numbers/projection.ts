import type { Fate, NumberEvent } from '../../../domain/fiscal/numbers/events.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import { perPart } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { type FiscalNumberDocument, MAX_LISTED_CHANGES } from './document.ts';

const DIGITS = 9;
const FIRST_DOCUMENTS = 20;

export const placeOfNumber = (number: number): string => String(number).padStart(DIGITS, '0');

/** The numbers that an event is about. */
function placesIn(event: (NumberEvent | CommandRefused) & RecordedEvent): readonly string[] {
  if (event.type === 'CommandRefused') return [];
  if ('number' in event.data) return [placeOfNumber(event.data.number)];
  const { from, to } = event.data;
  return Array.from({ length: to - from + 1 }, (_, i) => placeOfNumber(from + i));
}

const OPEN: readonly Fate[] = ['held', 'unaccounted', 'skipped'];

/** One document per number that a device got, used or left out. */
export const fiscalNumberModel: Projection<FiscalNumberDocument, NumberEvent> = {
  name: 'fiscal-numbers',
  version: 1,
  collection: 'fiscal-numbers',
  indexes: [
    { name: 'by_series', fields: ['seriesId', 'place'] },
    { name: 'by_open', fields: ['seriesId', 'isOpen', 'place'] },
    { name: 'by_device', fields: ['seriesId', 'deviceId', 'place'] },
  ],
  feed: 'devices',
  ...perPart<NumberEvent | CommandRefused>('fiscalnumber', placesIn),
  evolve(before, event, key) {
    const place = partsOf(key).parts.at(-1) ?? '';
    const { seriesId } = event.data;
    const known: FiscalNumberDocument = before ?? {
      ...{ seriesId, number: Number(place), place },
      ...{ fate: 'skipped', isOpen: 'no', documents: [], changes: [] },
    };
    const after = changed(known, event, before !== undefined);
    return after && { ...after, isOpen: isOpen(after) ? 'yes' : 'no' };
  },
};

/** Of a number that was left out, all is known. */
const isOpen = ({ fate }: FiscalNumberDocument) => OPEN.includes(fate) && fate !== 'skipped';

/** Fates that whatever is settled already does not take. */
function settled(
  document: FiscalNumberDocument,
  change: FiscalNumberDocument['changes'][number],
  deviceId?: string,
): FiscalNumberDocument {
  const isOwn = deviceId === undefined || document.deviceId === deviceId;
  return isOwn && OPEN.includes(document.fate) ? withChange(document, change) : document;
}

function withChange(
  document: FiscalNumberDocument,
  change: FiscalNumberDocument['changes'][number],
): FiscalNumberDocument {
  const changes = [...document.changes, change].slice(0, MAX_LISTED_CHANGES);
  return { ...document, fate: change.fate, changes };
}

/** Undefined: there was no such number, and the event makes none. */
function changed(
  document: FiscalNumberDocument,
  event: NumberEvent,
  isKnown: boolean,
): FiscalNumberDocument | undefined {
  switch (event.type) {
    case 'FiscalNumbersHeld': {
      const { deviceId, epoch, rangeFrom, rangeTo, grantedAt, expiresAt } = event.data;
      const range = { deviceId, ...omitUndefined({ epoch }), rangeFrom, rangeTo };
      const held = { ...document, ...range, grantedAt, expiresAt };
      const change = { fate: 'held', at: grantedAt, by: deviceId } as const;
      return document.fate === 'skipped' ? withChange(held, change) : held;
    }
    case 'FiscalNumberIssued':
    case 'FiscalNumberCorrected':
    case 'FiscalNumberRepeated':
      return issued(document, event);
    case 'FiscalNumberVoided': {
      const { deviceId: by, keptAt: at, fate, reason } = event.data;
      return withChange(document, { fate, at, by, reason });
    }
    case 'FiscalNumbersSetAside': {
      if (isKnown) return document;
      const { deviceId: by, since: at } = event.data;
      return withChange(document, { fate: 'skipped', at, by: by ?? 'system' });
    }
    default:
      return isKnown ? settledBy(document, event) : undefined;
  }
}

type Settling = Extract<
  NumberEvent,
  { type: 'FiscalNumbersReturned' | 'FiscalNumbersUnaccounted' | 'FiscalNumbersDecided' }
>;

function settledBy(document: FiscalNumberDocument, event: Settling): FiscalNumberDocument {
  switch (event.type) {
    case 'FiscalNumbersReturned': {
      const { deviceId: by, returnedAt: at } = event.data;
      return settled(document, { fate: 'returned-unused', at, by }, by);
    }
    case 'FiscalNumbersUnaccounted': {
      const { deviceId: by, since: at, reason } = event.data;
      return settled(document, { fate: 'unaccounted', at, by, reason }, by);
    }
    case 'FiscalNumbersDecided': {
      const { fate, decidedAt: at, decidedBy: by, reason } = event.data;
      return settled(document, { fate, at, by, reason });
    }
  }
}

type Issuing = Extract<NumberEvent, { readonly data: { readonly documentId: string } }>;

function issued(document: FiscalNumberDocument, { type, data }: Issuing): FiscalNumberDocument {
  const { documentId, factId, deviceId, epoch, seq, hash, cashier, ...rest } = data;
  const { claimedAt, occurredAt, keptAt } = rest;
  const one = {
    ...{ documentId, factId, deviceId, ...omitUndefined({ epoch, seq }), hash, cashier },
    ...{ claimedAt, occurredAt, keptAt },
  };
  const documents = [...document.documents, one].slice(0, FIRST_DOCUMENTS);
  const after = { ...document, documents };
  if (type === 'FiscalNumberRepeated' || data.fate === document.fate) return after;
  return withChange(after, { fate: data.fate, at: keptAt, by: deviceId });
}
