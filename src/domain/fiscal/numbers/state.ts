import type { Fate, NumberEvent } from './events.ts';

/** A document that has the number, or the fact that voided it. */
interface Document {
  readonly factId: string;
  readonly documentId: string;
  readonly deviceId: string;
}

export interface NumberState {
  readonly fate: Fate;
  /** The device that holds the number, or held it; absent: it was never granted. */
  readonly deviceId?: string;
  readonly expiresAt?: string;
  readonly documents: readonly Document[];
  /** Where the device said that it is void. */
  readonly voided?: { readonly factId: string; readonly place: Place };
}

/** Of a fact within its device: facts of one life are in the order of their numbers. */
export interface Place {
  readonly deviceId: string;
  readonly epoch?: string | undefined;
  readonly seq?: number | undefined;
}

/** The numbers of one block. Plain JSON: it is kept in snapshots. */
export interface BlockState {
  readonly numbers: Readonly<Record<number, NumberState>>;
}

export const NO_NUMBERS: BlockState = { numbers: {} };

/** Of a number that no device was granted. */
export const NEVER_GRANTED: NumberState = { fate: 'skipped', documents: [] };

function change(
  { numbers }: BlockState,
  { from, to }: { readonly from: number; readonly to: number },
  each: (before: NumberState) => NumberState,
): BlockState {
  const changed = { ...numbers };
  for (let n = from; n <= to; n++) changed[n] = each(numbers[n] ?? NEVER_GRANTED);
  return { numbers: changed };
}

const placeOf = ({ deviceId, epoch, seq }: Place): Place => ({ deviceId, epoch, seq });

/** Fates that a person, or the device itself, has not settled. */
export const isOpen = ({ fate }: NumberState): boolean =>
  fate === 'held' || fate === 'unaccounted' || fate === 'skipped';

export function evolveNumbers(state: BlockState, event: NumberEvent): BlockState {
  switch (event.type) {
    case 'FiscalNumbersHeld': {
      const { deviceId, expiresAt } = event.data;
      return change(state, event.data, ({ fate, ...before }) => ({
        ...before,
        fate: fate === 'skipped' ? 'held' : fate,
        ...{ deviceId, expiresAt },
      }));
    }
    case 'FiscalNumberIssued':
    case 'FiscalNumberCorrected':
    case 'FiscalNumberRepeated': {
      const { number, factId, documentId, deviceId } = event.data;
      const document = { factId, documentId, deviceId };
      const fate = event.type === 'FiscalNumberRepeated' ? undefined : event.data.fate;
      return change(state, { from: number, to: number }, (before) => ({
        ...before,
        documents: [...before.documents, document],
        ...(fate && { fate }),
      }));
    }
    case 'FiscalNumberVoided': {
      const { number, fate, factId } = event.data;
      const voided = { factId, place: placeOf(event.data) };
      return change(state, { from: number, to: number }, (before) => ({ ...before, fate, voided }));
    }
    case 'FiscalNumbersReturned':
      return settle(state, event.data, 'returned-unused', event.data.deviceId);
    case 'FiscalNumbersUnaccounted':
      return settle(state, event.data, 'unaccounted', event.data.deviceId);
    case 'FiscalNumbersSetAside':
      return change(state, event.data, (before) => before);
    case 'FiscalNumbersDecided':
      return settle(state, event.data, event.data.fate);
  }
}

/** Whatever is settled already stays. */
function settle(
  state: BlockState,
  numbers: { readonly from: number; readonly to: number },
  fate: Fate,
  deviceId?: string,
): BlockState {
  const isKnown = (n: number) => state.numbers[n] !== undefined;
  const { from, to } = numbers;
  const known = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(isKnown);
  return known.reduce((now, n) => change(now, { from: n, to: n }, settled), state);

  function settled(before: NumberState): NumberState {
    const isOwn = deviceId === undefined || before.deviceId === deviceId;
    return isOwn && isOpen(before) ? { ...before, fate } : before;
  }
}
