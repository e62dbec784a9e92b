export type { WebhookCommand } from './commands.ts';
export { webhookDecider } from './decide.ts';
export * from './events.ts';
