import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { PERSON_CHANNELS, type PersonChannelName } from '../../deliveries/events.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError } from '../../kernel/errors.ts';
import { shortHash } from '../../kernel/fingerprint.ts';
import { instantMs } from '../../kernel/instant.ts';
import { unreachable } from '../../kernel/invariant.ts';
import { DAILY_LIMITS, type Language, type Topic, traitsOf } from '../topics.ts';
import {
  type ChangePreferences,
  type DecideNotification,
  type RecipientCommand,
  recipientCommands,
} from './commands.ts';
import type { Choice, RecipientEvent, Suppression } from './events.ts';

const DAY_MS = 86_400_000;
/** Years of several messages a day; the limits per day keep it far from this. */
const MAX_EVENTS = 50_000;
/** A person can be erased also then. */
const RESERVE = { events: 10, commands: ['EraseRecipient'] } as const;

/** An address to which messages come back; events of version 1 have only its hash. */
interface BouncingAddress {
  readonly address?: string;
  readonly addressHash?: string;
}

interface SuppressedTopic {
  readonly topic: Topic;
  readonly channel: PersonChannelName;
  readonly reason: Suppression;
  readonly at: string;
}

export interface RecipientState {
  readonly language?: Language;
  readonly choices: readonly Choice[];
  readonly bouncing: Readonly<Partial<Record<PersonChannelName, BouncingAddress>>>;
  /** When messages of the last day were decided. */
  readonly recent: readonly { readonly channel: PersonChannelName; readonly at: string }[];
  /** What was recorded as not sent within the last day, each once. */
  readonly suppressed: readonly SuppressedTopic[];
  /** The person's data was erased: nothing is sent any more. */
  readonly isErased?: true;
}

const isWithinDay = (at: string, nowMs: number) => nowMs - instantMs(at) < DAY_MS;

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
  { entityId, now }: CommandContext,
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
        ...{ personId: entityId, topic, channels, suppressed, decidedAt: now },
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

export function decideRecipient(
  command: RecipientCommand,
  state: RecipientState,
  context: CommandContext,
): readonly RecipientEvent[] {
  const personId = context.entityId;
  switch (command.type) {
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
      return decideNotification(command.data, state, context);
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

export function evolveRecipient(state: RecipientState, event: RecipientEvent): RecipientState {
  switch (event.type) {
    case 'PreferencesChanged': {
      const { language, choices } = event.data;
      const isNew = (one: Choice) =>
        choices.some(({ topic, channel }) => topic === one.topic && channel === one.channel);
      const kept = state.choices.filter((one) => !isNew(one));
      return { ...state, ...omitUndefined({ language }), choices: [...kept, ...choices] };
    }
    case 'NotificationDecided': {
      const { channels, suppressed, decidedAt: at, topic } = event.data;
      const nowMs = instantMs(at);
      const isNew = (one: SuppressedTopic) =>
        suppressed.every(({ channel }) => one.topic !== topic || one.channel !== channel);
      const before = state.suppressed.filter((one) => isWithinDay(one.at, nowMs) && isNew(one));
      const known = [...before, ...suppressed.map((one) => ({ topic, ...one, at }))];
      if (traitsOf(topic).always) return { ...state, suppressed: known };
      const kept = state.recent.filter((one) => isWithinDay(one.at, nowMs));
      const added = channels.map((channel) => ({ channel, at }));
      return { ...state, recent: [...kept, ...added], suppressed: known };
    }
    case 'AddressBounced': {
      const { channel, addressHash, personal } = event.data;
      const known = omitUndefined({ addressHash, address: personal?.address });
      return { ...state, bouncing: { ...state.bouncing, [channel]: known } };
    }
    case 'AddressRestored': {
      const { [event.data.channel]: _restored, ...bouncing } = state.bouncing;
      return { ...state, bouncing };
    }
    case 'RecipientErased':
      return { ...state, bouncing: {}, isErased: true };
    default:
      return unreachable(event);
  }
}

/** One aggregate per person: choices and limits hold under any race. */
export const recipientDecider: Decider<RecipientState, RecipientCommand, RecipientEvent> = {
  category: 'recipient',
  maxEvents: MAX_EVENTS,
  reserve: RESERVE,
  version: 2,
  initialState: { choices: [], bouncing: {}, recent: [], suppressed: [] },
  commands: recipientCommands,
  personal: { commandFields: ['contentHash', 'email', 'sms', 'address'] },
  decide: decideRecipient,
  evolve: evolveRecipient,
};
