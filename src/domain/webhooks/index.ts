export { type WebhookCommand, webhookCommands } from './commands.ts';
export { type KnownWebhook, webhookDecider, type WebhookState } from './decide.ts';
export * from './events.ts';
