import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { strict } from '../kernel/schema.ts';
import { webhookFields } from './events.ts';

export const webhookCommands = defineCommands({ ReceiveWebhook: strict(webhookFields) });

export type WebhookCommand = CommandOf<typeof webhookCommands>;
