import {
  carriedFrom,
  deviceDecider,
  pinAttemptsDecider,
  type PinCommand,
  type PinsOfDevice,
} from '../../domain/identity/index.ts';
import { ConflictError } from '../../domain/kernel/errors.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';
import type { IdentityOptions, SignInRequest } from './options.ts';

/** Devices of which the current stream is remembered; it is found again for others. */
const MAX_KNOWN_DEVICES = 10_000;
/** Streams that other instances may fill while one attempt is recorded. */
const MAX_TURNS = 5;

/** Who enters a PIN where. */
export interface PinSubject {
  readonly storeId: string;
  readonly deviceId: string;
  readonly userId: string;
}

/** Counts PINs at devices in the log, so that all instances count together. */
export interface PinAttemptCounts {
  /** @throws TillstreamError pin_locked. */
  record(
    step: Exclude<PinCommand['type'], 'OpenPinAttempts'>,
    subject: PinSubject,
    request: SignInRequest,
  ): Promise<void>;
}

/**
 * The attempts at a device are in streams that follow each other. A full one accepts nothing, so
 * its counts are final: each instance that opens the next one carries the same. None is lost.
 */
export function createPinAttemptCounts(
  options: Pick<IdentityOptions, 'commands' | 'clock' | 'ids' | 'calendar'>,
): PinAttemptCounts {
  const { commands } = options;
  const execute = createPinCommands(options);
  const pages = createBoundedMap<string, number>(MAX_KNOWN_DEVICES);

  async function isOpen(storeId: string, deviceId: string, page: number): Promise<boolean> {
    const { state } = await commands.load(pinAttemptsDecider, storeId, pageId(deviceId, page));
    return state.status === 'open';
  }

  /** The last stream of a device, found by halves; 0: it has none. */
  async function findLast(storeId: string, deviceId: string): Promise<number> {
    let last = 0;
    let beyond = 1;
    while (await isOpen(storeId, deviceId, beyond)) {
      last = beyond;
      beyond *= 2;
    }
    while (beyond - last > 1) {
      const middle = Math.floor((last + beyond) / 2);
      if (await isOpen(storeId, deviceId, middle)) last = middle;
      else beyond = middle;
    }
    return last;
  }

  /** Earlier versions counted in the stream of the device itself: the first stream follows it. */
  async function countsOf(storeId: string, deviceId: string, page: number): Promise<PinsOfDevice> {
    const { state } =
      page === 0
        ? await commands.load(deviceDecider, storeId, deviceId)
        : await commands.load(pinAttemptsDecider, storeId, pageId(deviceId, page));
    return state.status === 'none' ? {} : state.pins;
  }

  async function openNext(subject: PinSubject, page: number, request: SignInRequest) {
    const { storeId, deviceId } = subject;
    const carried = carriedFrom(await countsOf(storeId, deviceId, page));
    const next = page + 1;
    const data = { deviceId, page: next, carried };
    await execute(subject, next, { type: 'OpenPinAttempts', data }, request);
    return next;
  }

  return {
    async record(step, subject, request) {
      const { storeId, deviceId, userId } = subject;
      const name = `${storeId}.${deviceId}`;
      const command = { type: step, data: { userId } } as PinCommand;
      let page = pages.get(name) ?? (await findLast(storeId, deviceId));
      for (let turns = 0; ; turns++) {
        if (page === 0) page = await openNext(subject, page, request);
        pages.set(name, page);
        try {
          await execute(subject, page, command, request);
          return;
        } catch (error) {
          const isFull = error instanceof ConflictError && error.code === 'stream_full';
          if (!isFull || turns === MAX_TURNS) throw error;
          page = await openNext(subject, page, request);
        }
      }
    },
  };
}

function pageId(deviceId: string, page: number): string {
  return `${deviceId}-${page}`;
}

/** Carries out commands about attempts, as the device itself. */
function createPinCommands({
  commands,
  clock,
  ids,
  calendar,
}: Pick<IdentityOptions, 'commands' | 'clock' | 'ids' | 'calendar'>) {
  return async (
    { storeId, deviceId }: PinSubject,
    page: number,
    command: PinCommand,
    { correlationId, origin }: SignInRequest,
  ): Promise<void> => {
    const nowMs = clock.now();
    await commands.execute(pinAttemptsDecider, {
      command,
      context: {
        storeId,
        entityId: pageId(deviceId, page),
        commandId: ids.uuid(),
        now: formatInstant(nowMs),
        businessDay: calendar.businessDay(storeId, nowMs),
      },
      actor: { kind: 'device', id: deviceId },
      correlationId,
      causationId: correlationId,
      deviceId,
      origin,
    });
  };
}
