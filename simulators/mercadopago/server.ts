import { randomUUID } from 'node:crypto';

import { createWebhookSender } from '../shared/webhook-sender.ts';
import {
  startWebhookSimulator,
  type WebhookSimulator,
  type WebhookSimulatorOptions,
} from '../shared/webhook-server.ts';
import { signAsMercadoPago } from '../webhooks/signatures.ts';
import type { MercadoPagoPayment } from './payments.ts';
import { createMercadoPago } from './provider.ts';

export interface MercadoPagoSimulatorOptions extends WebhookSimulatorOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly now?: () => number;
  readonly collectorId?: number;
  readonly currency?: string;
  /** Ids of payments and notices begin above it. */
  readonly firstId?: number;
}

export type MercadoPagoSimulator = WebhookSimulator;

/** Mercado Pago as a real HTTP server: payments, refunds, preferences, and signed webhooks. */
export async function startMercadoPagoSimulator(
  options: MercadoPagoSimulatorOptions = {},
): Promise<MercadoPagoSimulator> {
  const {
    port = 0,
    accessToken = 'TEST-static-token',
    collectorId = 44_444,
    currency = 'USD',
  } = options;
  const { clientId = '1234567890', clientSecret = 'mp-simulated', now = Date.now } = options;
  const { webhookSecret = 'simulated-secret', firstId = 1_000_000 } = options;
  const sender = createWebhookSender({ mode: 'once', delayMs: 0, ...options.webhooks });
  let notices = firstId;

  function changed(payment: MercadoPagoPayment, action: 'created' | 'updated'): void {
    const { notification_url: url, id } = payment;
    if (url === null) return;
    const nowMs = now();
    const body = JSON.stringify({
      ...{ id: (notices += 1), live_mode: false, type: 'payment', user_id: collectorId },
      ...{ api_version: 'v1', action: `payment.${action}`, data: { id: String(id) } },
      date_created: new Date(nowMs).toISOString(),
    });
    const notice = { dataId: String(id), type: 'payment', requestId: randomUUID(), body };
    const ts = String(Math.floor(nowMs / 1_000));
    sender.send({ url, webhook: signAsMercadoPago(webhookSecret, { ...notice, ts }) });
  }

  const provider = createMercadoPago({
    ...{ accessToken, clientId, clientSecret, collectorId, currency, firstId, now, changed },
  });
  return startWebhookSimulator(provider, port, sender);
}
