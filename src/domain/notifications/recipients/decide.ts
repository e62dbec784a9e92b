import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { PERSON_CHANNELS, type PersonChannelName } from '../../deliveries/events.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { ConflictError, DomainError } from '../../kernel/errors.ts';
import { shortHash } from '../../kernel/fingerprint.ts';
import { instantMs } from '../../kernel/instant.ts';
import { unreachable } from '../../kernel/invariant.ts';
import { DAILY_LIMITS, type Topic, traitsOf } from '../topics.ts';
import {
  type ChangePreferences,
  type DecideNotification,
  type RecipientCommand,
  recipientCommands,
} from './commands.ts';
import type { Choice, RecipientEvent, Suppression } from './events.ts';
import { recipientOf } from './recipient-id.ts';
import {
  type BouncingAddress,
  evolveRecipient,
  isWithinDay,
  noRecipient,
  type RecipientState,
} from './state.ts';

/** Streams written before there were periods can be so long; they end at their next event. */
const MAX_EVENTS = 50_000;
/** A person can be erased, and a period closed, also then. */
const RESERVE = { events: 10, commands: ['EraseRecipient', 'ClosePeriod'] } as const;

/** As version 1 of `AddressBounced` has it. */
function hashOfAddress(address: string): string {
  const text = address.toLowerCase();
  return `${shortHash(text)}${shortHash(`:${text}`)}`;
}

function isBouncing(known: BouncingAddress | undefined, address: string): boolean {
  if (!known) return false;
  const isSame = known.address?.toLowerCase() === address.toLowerCase();
  return isSame || known.addressHash === hashOfAddress(address);
}

export function isAllowed(
  { choices }: Pick<RecipientState, 'choices'>,
  topic: Topic,
  channel: PersonChannelName,
): boolean {
  const { byDefault, always } = traitsOf(topic);
  const choice = choices.find((one) => one.topic === topic && one.channel === channel);
  return always ?? choice?.allowed ?? byDefault;
}

function suppression(
  state: RecipientState,
  topic: Topic,
  channel: PersonChannelName,
  address: string,
  nowMs: number,
): Suppression | undefined {
  if (state.isErased) return 'erased';
  if (!isAllowed(state, topic, channel)) return 'opted_out';
  if (isBouncing(state.bouncing[channel], address)) return 'bouncing';
  if (traitsOf(topic).always) return undefined;
  const isToday = ({ at }: { at: string }) => isWithinDay(at, nowMs);
  const today = state.recent.filter((one) => one.channel === channel && isToday(one)).length;
  return today >= DAILY_LIMITS[channel] ? 'limit' : undefined;
}

/**
 * A notification that follows from an event and is not sent for the same reasons as one of the last
 * day leaves no trace: there is no bound to the events.
 */
function decideNotification(
  data: DecideNotification['data'],
  state: RecipientState,
  { personId, now }: Situation,
): readonly RecipientEvent[] {
  const { topic, contentHash } = data;
  const nowMs = instantMs(now);
  const channels: PersonChannelName[] = [];
  const suppressed: { channel: PersonChannelName; reason: Suppression }[] = [];
  for (const channel of PERSON_CHANNELS) {
    const address = data[channel];
    if (address === undefined) continue;
    const reason = suppression(state, topic, channel, address, nowMs);
    if (reason) suppressed.push({ channel, reason });
    else channels.push(channel);
  }
  const isKnown = suppressed.every(({ channel, reason }) =>
    state.suppressed.some(
      (one) =>
        one.topic === topic &&
        one.channel === channel &&
        one.reason === reason &&
        isWithinDay(one.at, nowMs),
    ),
  );
  if (channels.length === 0 && isKnown && contentHash === undefined) return [];
  const { language } = state;
  return [
    {
      type: 'NotificationDecided',
      data: {
        ...{ personId, topic, channels, suppressed, decidedAt: now },
        ...omitUndefined({ language }),
      },
    },
  ];
}

/** What the person has chosen already changes nothing: links are followed more than once. */
function isChosen(
  { language, choices = [] }: ChangePreferences['data'],
  state: RecipientState,
): boolean {
  const isKnown = ({ topic, channel, allowed }: Choice) =>
    state.choices.some(
      (one) => one.topic === topic && one.channel === channel && one.allowed === allowed,
    );
  return (language === undefined || language === state.language) && choices.every(isKnown);
}

interface Situation {
  readonly personId: string;
  readonly period: number;
  readonly now: string;
}

/**
 * Decides a command to one period of what is known of a person.
 * @throws DomainError invalid_request for a change of preferences without a change.
 * @throws ConflictError contention, with the next period, for a period that is closed.
 */
export function decideRecipient(
  command: RecipientCommand,
  state: RecipientState,
  { entityId, now }: CommandContext,
): readonly RecipientEvent[] {
  const situation = {
    ...recipientOf(entityId),
    ...omitUndefined({ personId: state.personId }),
    now,
  };
  if (state.status === 'closed') return decideClosed(command, state, situation);
  return decideOpen(command, state, situation);
}

/** A closed period can still be erased; all else is for the next one. */
function decideClosed(
  command: RecipientCommand,
  state: RecipientState,
  situation: Situation,
): readonly RecipientEvent[] {
  if (command.type === 'EraseRecipient') return decideOpen(command, state, situation);
  const { period } = situation;
  const details = { nextPeriod: period + 1 };
  throw new ConflictError('contention', `period ${period} of the person is closed`, details);
}

function decideOpen(
  command: RecipientCommand,
  state: RecipientState,
  situation: Situation,
): readonly RecipientEvent[] {
  const { personId, period } = situation;
  switch (command.type) {
    case 'OpenPeriod': {
      if (state.status !== 'none') return [];
      const { addresses, choices, recent, suppressed, bouncing, ...rest } = command.data;
      const lists = {
        ...{ choices: [...choices], recent: [...recent] },
        ...{ suppressed: [...suppressed], bouncing: [...bouncing] },
      };
      const personal = Object.keys(addresses).length > 0 && { personal: addresses };
      return [{ type: 'RecipientPeriodOpened', data: { ...rest, ...lists, ...personal } }];
    }
    case 'ClosePeriod':
      return [{ type: 'RecipientPeriodClosed', data: { personId, period } }];
    case 'ChangePreferences': {
      const { via, language, choices = [] } = command.data;
      if (language === undefined && choices.length === 0) {
        throw new DomainError('invalid_request', 'expected a language or choices, found neither', {
          field: 'choices',
        });
      }
      if (isChosen(command.data, state)) return [];
      const data = { personId, via, choices: [...choices], ...omitUndefined({ language }) };
      return [{ type: 'PreferencesChanged', data }];
    }
    case 'DecideNotification':
      return decideNotification(command.data, state, situation);
    case 'ReportBounce': {
      const { channel, address, deliveryId } = command.data;
      if (state.isErased || isBouncing(state.bouncing[channel], address)) return [];
      const data = { personId, channel, deliveryId, personal: { address } };
      return [{ type: 'AddressBounced', data }];
    }
    case 'RestoreAddress':
      return [{ type: 'AddressRestored', data: { personId, channel: command.data.channel } }];
    case 'EraseRecipient':
      if (state.isErased) return [];
      return [{ type: 'RecipientErased', data: { personId, ...command.data } }];
    default:
      return unreachable(command);
  }
}

/** One aggregate per person, cut into periods: choices and limits hold under any race. */
export const recipientDecider: Decider<RecipientState, RecipientCommand, RecipientEvent> = {
  category: 'recipient',
  maxEvents: MAX_EVENTS,
  reserve: RESERVE,
  version: 3,
  initialState: noRecipient,
  commands: recipientCommands,
  personal: { commandFields: ['contentHash', 'email', 'sms', 'address', 'addresses'] },
  decide: decideRecipient,
  evolve: evolveRecipient,
};
