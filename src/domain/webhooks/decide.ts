import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import type { Provider } from '../kernel/providers.ts';
import { type WebhookCommand, webhookCommands } from './commands.ts';
import type { WebhookEvent } from './events.ts';

/** Rounds of one webhook: its stream is bounded. */
export const MAX_WEBHOOK_ROUNDS = 100;

/** What is needed of a webhook to carry it out. */
export interface KnownWebhook {
  /** `open`: it is to be carried out. `ignored`: of a type that was not known. */
  readonly status: 'open' | 'processed' | 'parked' | 'ignored';
  readonly provider: Provider;
  readonly app: string;
  readonly account: string;
  readonly eventType: string;
  readonly isSigned: boolean;
  readonly entityType?: string;
  readonly entityId?: string;
  readonly round: number;
}

export type WebhookState = { readonly status: 'none' } | KnownWebhook;

/**
 * An event of a provider, kept before anything is done about it. One that is sent again changes
 * nothing, however often and however late: providers repeat what they have no answer to.
 */
export const webhookDecider: Decider<WebhookState, WebhookCommand, WebhookEvent> = {
  category: 'webhook',
  version: 2,
  initialState: { status: 'none' },
  commands: webhookCommands,
  decide(command, state, { entityId: webhookId }) {
    if (command.type === 'ReceiveWebhook') {
      if (state.status !== 'none') return [];
      return [{ type: 'WebhookReceived', data: { webhookId, ...command.data } }];
    }
    if (state.status === 'none') {
      throw new NotFoundError('webhook_not_found', `there is no webhook ${webhookId}`);
    }
    return change(command, state, webhookId);
  },
  evolve,
};

/** @throws DomainError webhook_not_parked, too_many_retries. */
function change(
  command: Exclude<WebhookCommand, { type: 'ReceiveWebhook' }>,
  { status, round }: KnownWebhook,
  webhookId: string,
): readonly WebhookEvent[] {
  if (command.type === 'RetryWebhook') {
    if (status !== 'parked') {
      const message = `expected webhook ${webhookId} to be parked, found ${status}`;
      throw new DomainError('webhook_not_parked', message, { webhookId, status });
    }
    if (round >= MAX_WEBHOOK_ROUNDS) {
      const message = `expected at most ${MAX_WEBHOOK_ROUNDS} rounds of webhook ${webhookId}`;
      throw new DomainError('webhook_retried_too_often', message, { webhookId });
    }
    return [{ type: 'WebhookRetried', data: { webhookId, round: round + 1 } }];
  }
  // What an earlier try has decided stays decided.
  if (status !== 'open') return [];
  switch (command.type) {
    case 'DeferWebhook':
      return [{ type: 'WebhookDeferred', data: { webhookId, ...command.data } }];
    case 'FinishWebhook':
      return [{ type: 'WebhookProcessed', data: { webhookId, ...command.data } }];
    case 'ParkWebhook':
      return [{ type: 'WebhookParked', data: { webhookId, ...command.data } }];
    default:
      return unreachable(command);
  }
}

function evolve(state: WebhookState, event: WebhookEvent): WebhookState {
  if (event.type === 'WebhookReceived') {
    const { provider, app, account, eventType, isKnown, isSigned, entityType, entityId } =
      event.data;
    return {
      ...{ status: isKnown ? 'open' : 'ignored', round: 1 },
      ...{ provider, app, account, eventType, isSigned },
      ...omitUndefined({ entityType, entityId }),
    };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'WebhookDeferred':
      return state;
    case 'WebhookProcessed':
      return { ...state, status: 'processed' };
    case 'WebhookParked':
      return { ...state, status: 'parked' };
    case 'WebhookRetried':
      return { ...state, status: 'open', round: event.data.round };
    default:
      return unreachable(event);
  }
}
