import { type RunningSimulator, type SimulatedProvider, startSimulator } from './server.ts';
import type { createWebhookSender, WebhookSettings } from './webhook-sender.ts';

/** What every provider that sends webhooks can be started with. */
export interface WebhookSimulatorOptions {
  readonly port?: number;
  readonly accessToken?: string;
  readonly webhookSecret?: string;
  /** How webhooks come; default `once`, without a delay. */
  readonly webhooks?: Partial<WebhookSettings>;
}

export interface WebhookSimulator extends RunningSimulator {
  setWebhooks(changes: Partial<WebhookSettings>): void;
  /** Sends the webhooks that wait, and returns the status of each that was ever sent. */
  finishWebhooks(): Promise<readonly number[]>;
}

/** Starts a provider that sends its webhooks with this sender. */
export async function startWebhookSimulator(
  provider: SimulatedProvider,
  port: number,
  sender: ReturnType<typeof createWebhookSender>,
): Promise<WebhookSimulator> {
  const running = await startSimulator(provider, port);
  return {
    ...running,
    setWebhooks: (changes) => sender.set(changes),
    async finishWebhooks() {
      await sender.finish();
      return sender.statuses();
    },
    async stop() {
      sender.set({ mode: 'never' });
      await sender.finish();
      await running.stop();
    },
  };
}
