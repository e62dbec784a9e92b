import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError } from '../../kernel/errors.ts';
import { instantMs } from '../../kernel/instant.ts';
import {
  type IssueNumber,
  type NumberCommand,
  numberCommands,
  type VoidNumber,
} from './commands.ts';
import { type Fate, MAX_DOCUMENTS, type NumberEvent } from './events.ts';
import {
  type BlockState,
  evolveNumbers,
  isOpen,
  NEVER_GRANTED,
  NO_NUMBERS,
  type NumberState,
  type Place,
} from './state.ts';

/** Numbers, documents, corrections and refusals together: a block has room for all of its own. */
const MAX_EVENTS = 20_000;

/** Whether a fact is of the same life of the device, and before the other one. */
function isBefore(fact: Place, other: Place): boolean {
  if (fact.deviceId !== other.deviceId || fact.epoch !== other.epoch) return false;
  return fact.seq !== undefined && other.seq !== undefined && fact.seq < other.seq;
}

/**
 * The paper exists, so the number is issued whatever was known of it. Only a void that the same
 * device wrote later, and whose fact came first, stays.
 */
function issue(data: IssueNumber, known: NumberState): readonly NumberEvent[] {
  const { factId, documentId } = data;
  const { documents, voided, fate: before } = known;
  if (documents.some((each) => each.factId === factId)) return [];
  const [first] = documents;
  if (first && first.documentId !== documentId) {
    if (documents.length > MAX_DOCUMENTS) return [];
    const { documentId: firstDocumentId, deviceId: firstDeviceId } = first;
    return [{ type: 'FiscalNumberRepeated', data: { ...data, firstDocumentId, firstDeviceId } }];
  }
  // The same document again, in another fact.
  if (first) return [];
  if (before === 'voided' && voided && isBefore(data, voided.place)) {
    return [{ type: 'FiscalNumberIssued', data: { ...data, before, fate: before } }];
  }
  const isExpected = before === 'held' && known.deviceId === data.deviceId;
  const type = isExpected ? 'FiscalNumberIssued' : 'FiscalNumberCorrected';
  return [{ type, data: { ...data, before, fate: 'issued' } }];
}

/** A document that was handed out stays issued, unless its own device voided it afterwards. */
function makeVoid(data: VoidNumber, known: NumberState): readonly NumberEvent[] {
  const { fate: before, voided, documents } = known;
  if (voided) return [];
  const isOwn = documents.every(({ deviceId }) => deviceId === data.deviceId);
  const fate: Fate = before === 'issued' && !isOwn ? before : 'voided';
  return [{ type: 'FiscalNumberVoided', data: { ...data, before, fate } }];
}

/** Whether the event is about a number that was never granted, as far as the log knows. */
export const isUnknown = (event: NumberEvent): boolean =>
  'before' in event.data && event.data.before === 'skipped';

/** Whether a device may still use the number, and has not said what became of it. */
function isInUse({ fate, expiresAt }: NumberState, now: string): boolean {
  return fate === 'held' && expiresAt !== undefined && instantMs(expiresAt) > instantMs(now);
}

function decideFates(
  { data }: Extract<NumberCommand, { type: 'DecideNumbers' }>,
  { numbers }: BlockState,
  now: string,
): readonly NumberEvent[] {
  const { from, to, seriesId } = data;
  let isOne = false;
  for (let number = from; number <= to; number++) {
    const known = numbers[number];
    if (known && isInUse(known, now)) {
      const message = `number ${number} is in use at device ${String(known.deviceId)}`;
      throw new DomainError('fiscal_number_in_use', message, { seriesId, number });
    }
    isOne ||= known !== undefined && isOpen(known);
  }
  if (!isOne) return [];
  return [{ type: 'FiscalNumbersDecided', data: { ...data, decidedAt: now } }];
}

/** @throws DomainError fiscal_number_in_use */
function decide(
  command: NumberCommand,
  state: BlockState,
  { now }: CommandContext,
): readonly NumberEvent[] {
  const known = (number: number) => state.numbers[number] ?? NEVER_GRANTED;
  const isAny = (
    { from, to }: { from: number; to: number },
    test: (each: NumberState | undefined) => boolean,
  ) => Array.from({ length: to - from + 1 }, (_, i) => state.numbers[from + i]).some(test);
  const isOpenOf = (deviceId: string) => (each: NumberState | undefined) =>
    each !== undefined && each.deviceId === deviceId && isOpen(each);
  switch (command.type) {
    case 'HoldNumbers': {
      const { deviceId } = command.data;
      if (!isAny(command.data, (each) => each?.deviceId !== deviceId)) return [];
      return [{ type: 'FiscalNumbersHeld', data: command.data }];
    }
    case 'IssueNumber':
      return issue(omitUndefined(command.data), known(command.data.number));
    case 'VoidNumber':
      return makeVoid(omitUndefined(command.data), known(command.data.number));
    case 'ReturnNumbers':
      if (!isAny(command.data, isOpenOf(command.data.deviceId))) return [];
      return [{ type: 'FiscalNumbersReturned', data: command.data }];
    case 'LoseTrack': {
      const { deviceId } = command.data;
      const isHeld = (each: NumberState | undefined) =>
        each?.deviceId === deviceId && each.fate === 'held';
      if (!isAny(command.data, isHeld)) return [];
      return [{ type: 'FiscalNumbersUnaccounted', data: command.data }];
    }
    case 'SetNumbersAside':
      if (!isAny(command.data, (each) => each === undefined)) return [];
      return [{ type: 'FiscalNumbersSetAside', data: command.data }];
    case 'DecideNumbers':
      return decideFates(command, state, now);
  }
}

/** What became of each number of a series, a block of numbers in each stream (F2). */
export const numberDecider: Decider<BlockState, NumberCommand, NumberEvent> = {
  category: 'fiscalnumber',
  version: 1,
  maxEvents: MAX_EVENTS,
  initialState: NO_NUMBERS,
  commands: numberCommands,
  decide,
  evolve: evolveNumbers,
};
