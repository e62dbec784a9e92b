import { processWebhook } from '../../commands/webhooks/process-webhook.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { WebhookEvent } from '../../domain/webhooks/index.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  StepHandler,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { providerWork } from './work.ts';

export type WebhookProcessState = {
  readonly webhookId: string;
  /** Tries of this round that were begun. */
  readonly attempts: number;
};

const NAME = 'webhook-processing';
const AGAIN = 'again';

/** The name of the instance: the webhook, and the round where a person asked for another one. */
function correlate(recorded: RecordedEvent): string | undefined {
  const event = recorded as unknown as WebhookEvent;
  if (event.type === 'WebhookRetried') {
    return `${event.data.webhookId} round ${event.data.round}`;
  }
  return event.type === 'WebhookReceived' ? event.data.webhookId : undefined;
}

function tried(state: WebhookProcessState): Reaction<WebhookProcessState> {
  const { webhookId } = state;
  const attempt = state.attempts + 1;
  return {
    state: { webhookId, attempts: attempt },
    stage: 'asking the provider',
    steps: [{ step: `try ${attempt}`, kind: 'try', data: { webhookId, attempt } }],
  };
}

/** Tries until it is decided what became of the webhook. */
export function reactToWebhook(
  state: WebhookProcessState,
  input: ProcessInput,
): Reaction<WebhookProcessState> | undefined {
  switch (input.kind) {
    case 'event': {
      const event = input.event as unknown as WebhookEvent;
      if (event.type === 'WebhookReceived' && !event.data.isKnown) return undefined;
      return tried({ webhookId: event.data.webhookId, attempts: 0 });
    }
    case 'timer':
      return tried(state);
    case 'accepted': {
      const { againMs } = input.result;
      if (typeof againMs !== 'number') return { state, stage: 'decided', ended: 'completed' };
      const setTimers = [{ name: AGAIN, afterMs: againMs }];
      return { state, stage: 'waiting', waitsFor: 'the provider, or the order', setTimers };
    }
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      return { state, stage: 'cancelled', ended: 'cancelled' };
  }
}

const handler: StepHandler = async (request, services) => {
  const { webhookId, attempt } = request.data;
  const work = providerWork(NAME, request, services);
  return { ...(await processWebhook(work, String(webhookId), Number(attempt))) };
};

const definition: DurableProcess<WebhookProcessState> = {
  name: NAME,
  categories: ['webhook'],
  eventTypes: ['WebhookReceived', 'WebhookRetried'],
  correlate,
  initialState: { webhookId: '', attempts: 0 },
  react: reactToWebhook,
  handlers: { try: handler },
};

/** Carries out what providers report, one instance for each webhook and round. */
export const webhookProcessing = durable(definition);
