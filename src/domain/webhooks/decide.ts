import type { Decider } from '../kernel/decider.ts';
import { type WebhookCommand, webhookCommands } from './commands.ts';
import type { WebhookEvent } from './events.ts';

export interface WebhookState {
  readonly isReceived: boolean;
}

/**
 * An event of a provider, kept before anything is done about it. One that is sent again changes
 * nothing, however often and however late: providers repeat what they have no answer to.
 */
export const webhookDecider: Decider<WebhookState, WebhookCommand, WebhookEvent> = {
  category: 'webhook',
  version: 1,
  initialState: { isReceived: false },
  commands: webhookCommands,
  decide({ data }, { isReceived }, { entityId: webhookId }) {
    if (isReceived) return [];
    return [{ type: 'WebhookReceived', data: { webhookId, ...data } }];
  },
  evolve: () => ({ isReceived: true }),
};
