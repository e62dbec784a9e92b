import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { described, Id, optional, strict } from '../kernel/schema.ts';
import { Description, EventNames, FailureCode, ReceiverUrl } from './events.ts';

export const MAX_OVERLAP_HOURS = 168;
export const DEFAULT_OVERLAP_HOURS = 24;

const subscriptionId = described(Id, 'The subscription.');
const active = described(Type.Boolean(), 'Whether it sends. `false` pauses it.');

export const webhookSubscriptionCommands = defineCommands({
  AddSubscription: strict({
    subscriptionId,
    url: ReceiverUrl,
    events: EventNames,
    description: optional(Description),
  }),
  ChangeSubscription: strict({
    subscriptionId,
    url: optional(ReceiverUrl),
    events: optional(EventNames),
    description: optional(Description),
    active: optional(active),
  }),
  RotateSecret: strict({
    subscriptionId,
    overlapHours: optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_OVERLAP_HOURS,
        description: `Hours for which webhooks are signed with both secrets; ${DEFAULT_OVERLAP_HOURS} by default.`,
      }),
    ),
  }),
  RemoveSubscription: strict({ subscriptionId }),
  /** A webhook was parked. */
  NoteFailure: strict({ subscriptionId, code: FailureCode, isGone: Type.Boolean() }),
  /** A webhook was taken. */
  NoteSuccess: strict({ subscriptionId }),
});

export type WebhookSubscriptionCommand = CommandOf<typeof webhookSubscriptionCommands>;
