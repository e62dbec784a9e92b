import { randomUUID } from 'node:crypto';

import { type RunningSimulator, startSimulator } from '../shared/server.ts';
import { createWebhookSender, type WebhookSettings } from '../shared/webhook-sender.ts';
import { signAsMercadoPago } from '../webhooks/signatures.ts';
import type { MercadoPagoPayment } from './payments.ts';
import { createMercadoPago } from './provider.ts';

export interface MercadoPagoSimulatorOptions {
  readonly port?: number;
  readonly accessToken?: string;
  readonly collectorId?: number;
  readonly currency?: string;
  /** Ids of payments and notices begin above it. */
  readonly firstId?: number;
  readonly webhookSecret?: string;
  /** Default `once`, to the address of the payment. */
  readonly webhooks?: Partial<WebhookSettings>;
}

export interface MercadoPagoSimulator extends RunningSimulator {
  setWebhooks(changes: Partial<WebhookSettings>): void;
  /** Sends the webhooks that wait, and returns the status of each that was ever sent. */
  finishWebhooks(): Promise<readonly number[]>;
}

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
  const { webhookSecret = 'simulated-secret', firstId = 1_000_000 } = options;
  const sender = createWebhookSender({ mode: 'once', delayMs: 0, ...options.webhooks });
  let notices = firstId;

  function changed(payment: MercadoPagoPayment, action: 'created' | 'updated'): void {
    const { notification_url: url, id } = payment;
    if (url === null) return;
    const nowMs = Date.now();
    const body = JSON.stringify({
      ...{ id: (notices += 1), live_mode: false, type: 'payment', user_id: collectorId },
      ...{ api_version: 'v1', action: `payment.${action}`, data: { id: String(id) } },
      date_created: new Date(nowMs).toISOString(),
    });
    const notice = { dataId: String(id), type: 'payment', requestId: randomUUID(), body };
    const ts = String(Math.floor(nowMs / 1_000));
    sender.send({ url, webhook: signAsMercadoPago(webhookSecret, { ...notice, ts }) });
  }

  const now = () => Date.now();
  const provider = createMercadoPago({
    ...{ accessToken, collectorId, currency, firstId, now, changed },
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
