import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { PERSON_CHANNELS, type PersonChannelName } from '../../deliveries/events.ts';
import { instantMs } from '../../kernel/instant.ts';
import { unreachable } from '../../kernel/invariant.ts';
import type { PeriodStatus } from '../../kernel/period-status.ts';
import { type Language, type Topic, traitsOf } from '../topics.ts';
import type { OpenPeriod } from './commands.ts';
import type { Choice, RecipientEvent, RecipientPeriod, Suppression } from './events.ts';

const DAY_MS = 86_400_000;

/** An address to which messages come back; events of version 1 have only its hash. */
export interface BouncingAddress {
  readonly address?: string;
  readonly addressHash?: string;
}

interface SuppressedTopic {
  readonly topic: Topic;
  readonly channel: PersonChannelName;
  readonly reason: Suppression;
  readonly at: string;
}

/** One period of what is known of a person. Plain JSON: it is kept in snapshots. */
export interface RecipientState {
  readonly status: PeriodStatus;
  /** Known from the second period on; that of the first one has it as its id. */
  readonly personId?: string;
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

export const noRecipient: RecipientState = {
  status: 'none',
  choices: [],
  bouncing: {},
  recent: [],
  suppressed: [],
};

export const isWithinDay = (at: string, nowMs: number) => nowMs - instantMs(at) < DAY_MS;

/** What the next period of a person starts with. */
export function carriedFrom(
  state: RecipientState,
  personId: string,
  period: number,
): OpenPeriod['data'] {
  const { language, choices, recent, suppressed, bouncing, isErased } = state;
  const addresses: { email?: string; sms?: string } = {};
  const known: { channel: PersonChannelName; addressHash?: string }[] = [];
  for (const channel of PERSON_CHANNELS) {
    const one = bouncing[channel];
    if (!one) continue;
    if (one.address !== undefined) addresses[channel] = one.address;
    known.push({ channel, ...omitUndefined({ addressHash: one.addressHash }) });
  }
  return {
    ...{ personId, period, choices: [...choices], recent: [...recent] },
    ...{ suppressed: [...suppressed], bouncing: known, addresses },
    ...omitUndefined({ language, isErased }),
  };
}

export function evolveRecipient(before: RecipientState, event: RecipientEvent): RecipientState {
  const state: RecipientState = before.status === 'none' ? { ...before, status: 'open' } : before;
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
    case 'RecipientPeriodClosed':
      return { ...state, status: 'closed' };
    case 'RecipientPeriodOpened':
      return opened(event.data);
    default:
      return unreachable(event);
  }
}

function opened(data: RecipientPeriod): RecipientState {
  const { personId, language, choices, recent, suppressed, isErased, personal } = data;
  const bouncing: Partial<Record<PersonChannelName, BouncingAddress>> = {};
  for (const { channel, addressHash } of data.bouncing) {
    bouncing[channel] = omitUndefined({ addressHash, address: personal?.[channel] });
  }
  return {
    ...{ status: 'open', personId, choices, recent, suppressed, bouncing },
    ...omitUndefined({ language, isErased }),
  };
}
