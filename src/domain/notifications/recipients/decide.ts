import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { PERSON_CHANNELS, type PersonChannelName } from '../../deliveries/events.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { instantMs } from '../../kernel/instant.ts';
import { unreachable } from '../../kernel/invariant.ts';
import { DAILY_LIMITS, type Language, type Topic, traitsOf } from '../topics.ts';
import { type DecideNotification, type RecipientCommand, recipientCommands } from './commands.ts';
import type { Choice, RecipientEvent, Suppression } from './events.ts';

const DAY_MS = 86_400_000;
/** Years of several messages a day; the limits per day keep it far from this. */
const MAX_EVENTS = 50_000;

export interface RecipientState {
  readonly language?: Language;
  readonly choices: readonly Choice[];
  /** The address of a channel to which messages come back. */
  readonly bouncing: Readonly<Partial<Record<PersonChannelName, string>>>;
  /** When messages of the last day were decided. */
  readonly recent: readonly { readonly channel: PersonChannelName; readonly at: string }[];
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
  addressHash: string,
  nowMs: number,
): Suppression | undefined {
  if (!isAllowed(state, topic, channel)) return 'opted_out';
  if (state.bouncing[channel] === addressHash) return 'bouncing';
  if (traitsOf(topic).always) return undefined;
  const isToday = ({ at }: { at: string }) => nowMs - instantMs(at) < DAY_MS;
  const today = state.recent.filter((one) => one.channel === channel && isToday(one)).length;
  return today >= DAILY_LIMITS[channel] ? 'limit' : undefined;
}

function decideNotification(
  data: DecideNotification['data'],
  state: RecipientState,
  { entityId, now }: CommandContext,
): RecipientEvent {
  const { topic } = data;
  const channels: PersonChannelName[] = [];
  const suppressed: { channel: PersonChannelName; reason: Suppression }[] = [];
  for (const channel of PERSON_CHANNELS) {
    const addressHash = data[channel];
    if (addressHash === undefined) continue;
    const reason = suppression(state, topic, channel, addressHash, instantMs(now));
    if (reason) suppressed.push({ channel, reason });
    else channels.push(channel);
  }
  const { language } = state;
  return {
    type: 'NotificationDecided',
    data: {
      ...{ personId: entityId, topic, channels, suppressed, decidedAt: now },
      ...omitUndefined({ language }),
    },
  };
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
      const data = { personId, via, choices: [...choices], ...omitUndefined({ language }) };
      return [{ type: 'PreferencesChanged', data }];
    }
    case 'DecideNotification':
      return [decideNotification(command.data, state, context)];
    case 'ReportBounce': {
      const { channel, addressHash, deliveryId } = command.data;
      if (state.bouncing[channel] === addressHash) return [];
      const data = { personId, channel, addressHash, deliveryId };
      return [{ type: 'AddressBounced', data }];
    }
    case 'RestoreAddress':
      return [{ type: 'AddressRestored', data: { personId, channel: command.data.channel } }];
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
      const { channels, decidedAt, topic } = event.data;
      if (traitsOf(topic).always) return state;
      const nowMs = instantMs(decidedAt);
      const kept = state.recent.filter(({ at }) => nowMs - instantMs(at) < DAY_MS);
      const added = channels.map((channel) => ({ channel, at: decidedAt }));
      return { ...state, recent: [...kept, ...added] };
    }
    case 'AddressBounced': {
      const { channel, addressHash } = event.data;
      return { ...state, bouncing: { ...state.bouncing, [channel]: addressHash } };
    }
    case 'AddressRestored': {
      const { [event.data.channel]: _restored, ...bouncing } = state.bouncing;
      return { ...state, bouncing };
    }
    default:
      return unreachable(event);
  }
}

/** One aggregate per person: choices and limits hold under any race. */
export const recipientDecider: Decider<RecipientState, RecipientCommand, RecipientEvent> = {
  category: 'recipient',
  maxEvents: MAX_EVENTS,
  version: 1,
  initialState: { choices: [], bouncing: {}, recent: [] },
  commands: recipientCommands,
  decide: decideRecipient,
  evolve: evolveRecipient,
};
