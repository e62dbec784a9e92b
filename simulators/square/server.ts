import { randomUUID } from 'node:crypto';

import { createWebhookSender } from '../shared/webhook-sender.ts';
import {
  startWebhookSimulator,
  type WebhookSimulator,
  type WebhookSimulatorOptions,
} from '../shared/webhook-server.ts';
import { signAsSquare } from '../webhooks/signatures.ts';
import type { EventData } from './context.ts';
import { createSquare } from './provider.ts';

export interface SquareSimulatorOptions extends WebhookSimulatorOptions {
  readonly merchantId?: string;
  readonly locationId?: string;
  readonly currency?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly now?: () => number;
  /** Where webhooks go; absent: none are sent. */
  readonly webhookUrl?: string;
  /** The address that is signed, when a proxy stands before the one that is called. */
  readonly registeredUrl?: string;
}

export type SquareSimulator = WebhookSimulator;

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
  return startWebhookSimulator(provider, port, sender);
}
