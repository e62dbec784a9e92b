import { formatInstant } from '../../domain/kernel/instant.ts';
import {
  type Declared,
  type EpochReason,
  type EpochState,
  epochState,
  holesIn,
  type Range,
  segmentOf,
  syncDeviceDecider,
} from '../../domain/sync/index.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import type { Digest } from '../../ports/digest.ts';
import { generationOf } from '../restores/generation.ts';
import { type Intake, type Kept, keptOf } from './keep-facts.ts';

export interface Hello extends Omit<Intake, 'epoch'> {
  readonly digest: Digest;
}

/** What a device says of itself: the epoch it is in, or that it needs one. */
export type Greeting =
  | { readonly epoch: string; readonly declared?: Declared | undefined }
  | { readonly requestId: string; readonly reason: EpochReason };

export interface Greeted {
  /** Of the log: a restored one has another. */
  readonly generation: number;
  readonly epoch: string;
  readonly epochState: EpochState;
  readonly kept: Kept;
  /** Facts that the device has and the server lacks, as far as the device declares them. */
  readonly missing: readonly Range[];
}

const EPOCH_LENGTH = 20;

/**
 * The first message of a device: it gets an epoch, or learns what the server has of its own.
 * A repeated request gets the same epoch.
 */
export async function greet(hello: Hello, greeting: Greeting): Promise<Greeted> {
  const epoch = 'epoch' in greeting ? greeting.epoch : await open(hello, greeting);
  const declared = 'epoch' in greeting ? greeting.declared : undefined;
  if (declared) await declare(hello, epoch, declared);
  const { state } = await hello.commands.load(syncDeviceDecider, hello.storeId, hello.deviceId);
  const last = declared?.lastSeq ?? 0;
  const kept = await keptOf({ ...hello, epoch }, segmentOf(Math.max(1, last)));
  const held: Range[] = kept.through > 0 ? [[1, kept.through], ...kept.ranges] : [...kept.ranges];
  const generation = await generationOf(hello.commands);
  return {
    generation,
    epoch,
    epochState: epochState(state, epoch),
    kept,
    missing: holesIn(held, last),
  };
}

type Opening = Extract<Greeting, { requestId: string }>;

async function open(hello: Hello, { requestId, reason }: Opening): Promise<string> {
  const { storeId, deviceId, digest } = hello;
  const name = digest.sha256(`${storeId}\n${deviceId}\n${requestId}`);
  const epoch = name.slice(0, EPOCH_LENGTH);
  const data = { deviceId, epoch, requestId, reason };
  await followUp(hello, syncDeviceDecider, requestOf(hello, { type: 'OpenEpoch', data }));
  return epoch;
}

/** Records what the device says of all of its facts. */
export async function declare(hello: Hello, epoch: string, declared: Declared) {
  const data = { deviceId: hello.deviceId, epoch, declared };
  await followUp(hello, syncDeviceDecider, requestOf(hello, { type: 'Declare', data }));
}

function requestOf<Cmd>(hello: Hello, command: Cmd) {
  const { storeId, deviceId, actor, correlationId, origin, clock, calendar, ids } = hello;
  return {
    command,
    context: {
      storeId,
      entityId: deviceId,
      // The device itself knows what it has heard already.
      commandId: `hello ${ids.uuid()}`,
      now: formatInstant(clock.now()),
      businessDay: calendar.businessDay(storeId, clock.now()),
    },
    actor,
    deviceId,
    correlationId,
    causationId: correlationId,
    origin,
  };
}
