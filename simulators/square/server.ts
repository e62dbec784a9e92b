import { randomUUID } from 'node:crypto';

import { type RunningSimulator, startSimulator } from '../shared/server.ts';
import { createWebhookSender, type WebhookSettings } from '../shared/webhook-sender.ts';
import { signAsSquare } from '../webhooks/signatures.ts';
import type { EventData } from './context.ts';
import { createSquare } from './provider.ts';

export interface SquareSimulatorOptions {
  readonly port?: number;
  readonly merchantId?: string;
  readonly locationId?: string;
  readonly currency?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly accessToken?: string;
  readonly now?: () => number;
  readonly webhookSecret?: string;
  /** Where webhooks go; absent: none are sent. */
  readonly webhookUrl?: string;
  /** The address that is signed, when a proxy stands before the one that is called. */
  readonly registeredUrl?: string;
  readonly webhooks?: Partial<WebhookSettings>;
}

export interface SquareSimulator extends RunningSimulator {
  setWebhooks(changes: Partial<WebhookSettings>): void;
  /** Sends the webhooks that wait, and returns the status of each that was ever sent. */
  finishWebhooks(): Promise<readonly number[]>;
}

/** Square as a real HTTP server: OAuth, orders, payments, refunds, catalogue, signed webhooks. */
export async function startSquareSimulator(
  options: SquareSimulatorOptions = {},
): Promise<SquareSimulator> {
  const { port = 0, merchantId = 'MERCHANT0001', webhookSecret = 'simulated-secret' } = options;
  const { locationId = 'L0000000001', currency = 'USD', now = Date.now } = options;
  const { clientId = 'sq0idp-simulated', clientSecret = 'sq0csp-simulated' } = options;
  const { accessToken = 'EAAA-static-token', webhookUrl, registeredUrl = webhookUrl } = options;
  const sender = createWebhookSender({ mode: 'once', delayMs: 0, ...options.webhooks });

  function event(type: string, data: EventData): void {
    if (webhookUrl === undefined || registeredUrl === undefined) return;
    const created_at = new Date(now()).toISOString();
    const body = { merchant_id: merchantId, type, event_id: randomUUID(), created_at, data };
    const webhook = signAsSquare(webhookSecret, registeredUrl, JSON.stringify(body));
    sender.send({ url: webhookUrl, webhook });
  }

  const provider = createSquare({
    ...{ merchantId, locationId, currency, clientId, clientSecret, accessToken, now, event },
  });
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
