import { Type } from '@sinclair/typebox';

import { PERSON_CHANNELS } from '../../deliveries/events.ts';
import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, oneOf, optional, strict } from '../../kernel/schema.ts';
import { LANGUAGES, TOPIC_NAMES } from '../topics.ts';
import {
  Address,
  BouncingAddresses,
  carried,
  Choice,
  ErasureReason,
  OPT_OUT_WAYS,
} from './events.ts';

export const recipientCommands = defineCommands({
  ChangePreferences: strict({
    via: oneOf(OPT_OUT_WAYS),
    language: optional(oneOf(LANGUAGES)),
    choices: optional(Type.Array(Choice, { maxItems: 100 })),
  }),
  /** Decides by which of the given channels a person is notified. */
  DecideNotification: strict({
    topic: oneOf(TOPIC_NAMES),
    /** By which a repeat with other values is refused. */
    contentHash: optional(Type.String({ minLength: 11, maxLength: 64 })),
    email: optional(Address),
    sms: optional(Address),
  }),
  ReportBounce: strict({
    channel: oneOf(PERSON_CHANNELS),
    address: Address,
    deliveryId: Id,
  }),
  RestoreAddress: strict({ channel: oneOf(PERSON_CHANNELS) }),
  /** The person is not notified any more. */
  EraseRecipient: strict({ reason: ErasureReason }),
  /** Nothing is decided in this stream any more: the next one takes over. */
  ClosePeriod: strict({}),
  OpenPeriod: strict({ ...carried, personId: Id, addresses: BouncingAddresses }),
});
export type RecipientCommand = CommandOf<typeof recipientCommands>;
export type DecideNotification = CommandOf<typeof recipientCommands, 'DecideNotification'>;
export type ChangePreferences = CommandOf<typeof recipientCommands, 'ChangePreferences'>;
export type OpenPeriod = CommandOf<typeof recipientCommands, 'OpenPeriod'>;
