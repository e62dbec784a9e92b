import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Instant, strict } from '../kernel/schema.ts';
import { resultFields, WebhookCode, webhookFields } from './events.ts';

const attempt = Type.Integer({ minimum: 1, maximum: 1_000 });

export const webhookCommands = defineCommands({
  ReceiveWebhook: strict(webhookFields),
  DeferWebhook: strict({ attempt, code: WebhookCode, retryAt: Instant }),
  FinishWebhook: strict({ attempt, ...resultFields }),
  ParkWebhook: strict({ attempt, code: WebhookCode }),
  RetryWebhook: strict({}),
});

export type WebhookCommand = CommandOf<typeof webhookCommands>;
export type ReceiveWebhook = CommandOf<typeof webhookCommands, 'ReceiveWebhook'>;
