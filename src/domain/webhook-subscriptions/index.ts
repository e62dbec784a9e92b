export * from './commands.ts';
export { PAUSE_AFTER_MS, SUBSCRIPTIONS_ID, webhookSubscriptionDecider } from './decide.ts';
export * from './events.ts';
export * from './followed-events.ts';
export type { Subscription, WebhookSubscriptions } from './state.ts';
