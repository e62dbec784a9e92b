import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { instantMs } from '../../kernel/instant.ts';
import type { Declared } from '../segments/events.ts';
import { type EpochCommand, epochCommands } from './commands.ts';
import type { EpochEvent } from './events.ts';

interface KnownEpoch {
  readonly epoch: string;
  readonly requestId: string;
  readonly openedAt: string;
  readonly isForked: boolean;
}

export interface SyncDeviceState {
  readonly epochs: readonly KnownEpoch[];
  /** The last declaration of each epoch. */
  readonly declared: Readonly<Record<string, Declaration>>;
}

/** What a device said of all of its facts, and when. */
export interface Declaration extends Declared {
  readonly declaredAt: string;
}

/** The same declaration is recorded again after this time: it says that the device was heard. */
const DECLARE_AGAIN_MS = 3_600_000;

/** Whether what a device declares beside its facts is recorded with the device too. */
export function isDeclarationDue(
  { declared }: SyncDeviceState,
  epoch: string,
  now: string,
): boolean {
  const last = declared[epoch];
  return !last || instantMs(now) - instantMs(last.declaredAt) >= DECLARE_AGAIN_MS;
}

function isSame({ declaredAt: _, ...last }: Declaration, declared: Declared): boolean {
  const textOf = ({ lastSeq, unsent, oldestUnsentAt = '' }: Declared) =>
    `${lastSeq} ${unsent} ${oldestUnsentAt}`;
  return textOf(last) === textOf(declared);
}

export type EpochState = 'ok' | 'forked' | 'ended' | 'unknown';

/** How the server sees an epoch. Facts of each are kept, also of one that it does not know. */
export function epochState({ epochs }: SyncDeviceState, epoch: string): EpochState {
  const found = epochs.find((each) => each.epoch === epoch);
  if (!found) return 'unknown';
  if (found.isForked) return 'forked';
  return found === epochs.at(-1) ? 'ok' : 'ended';
}

function decide(
  command: EpochCommand,
  state: SyncDeviceState,
  { now }: CommandContext,
): readonly EpochEvent[] {
  switch (command.type) {
    case 'OpenEpoch': {
      const { requestId, epoch } = command.data;
      const isKnown = state.epochs.some(
        (each) => each.requestId === requestId || each.epoch === epoch,
      );
      if (isKnown) return [];
      return [{ type: 'DeviceEpochOpened', data: { ...command.data, openedAt: now } }];
    }
    case 'ReportFork':
      if (epochState(state, command.data.epoch) === 'forked') return [];
      return [{ type: 'DeviceEpochForked', data: command.data }];
    case 'Declare': {
      const { epoch, declared } = command.data;
      const last = state.declared[epoch];
      if (last && isSame(last, declared) && !isDeclarationDue(state, epoch, now)) return [];
      return [{ type: 'DeviceDeclared', data: { ...command.data, declaredAt: now } }];
    }
  }
}

function evolve(state: SyncDeviceState, event: EpochEvent): SyncDeviceState {
  switch (event.type) {
    case 'DeviceEpochOpened': {
      const { epoch, requestId, openedAt } = event.data;
      const opened = { epoch, requestId, openedAt, isForked: false };
      return { ...state, epochs: [...state.epochs, opened] };
    }
    case 'DeviceEpochForked': {
      const epochs = state.epochs.map((each) =>
        each.epoch === event.data.epoch ? { ...each, isForked: true } : each,
      );
      return { ...state, epochs };
    }
    case 'DeviceDeclared': {
      const { epoch, declared, declaredAt } = event.data;
      const last = { ...declared, declaredAt };
      return { ...state, declared: { ...state.declared, [epoch]: last } };
    }
  }
}

/** The lives of a device that sends facts: within each it numbers them from 1. */
export const syncDeviceDecider: Decider<SyncDeviceState, EpochCommand, EpochEvent> = {
  category: 'syncdevice',
  version: 2,
  maxEvents: 100_000,
  initialState: { epochs: [], declared: {} },
  commands: epochCommands,
  decide,
  evolve,
};
