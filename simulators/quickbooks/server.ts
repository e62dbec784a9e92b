import { randomUUID } from 'node:crypto';

import { createWebhookSender } from '../shared/webhook-sender.ts';
import {
  startWebhookSimulator,
  type WebhookSimulator,
  type WebhookSimulatorOptions,
} from '../shared/webhook-server.ts';
import { signAsQuickBooks } from '../webhooks/signatures.ts';
import type { Change, Entity } from './context.ts';
import { createQuickBooks } from './provider.ts';

export interface QuickBooksSimulatorOptions extends WebhookSimulatorOptions {
  readonly realmId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly now?: () => number;
  /** Where webhooks go; absent: none are sent. */
  readonly webhookUrl?: string;
  /** Default `cloud-events`; `legacy` is the form before it. */
  readonly webhookForm?: 'cloud-events' | 'legacy';
}

export type QuickBooksSimulator = WebhookSimulator;

/** QuickBooks Online as a real HTTP server: OAuth, receipts, customers, items, and their changes. */
export async function startQuickBooksSimulator(
  options: QuickBooksSimulatorOptions = {},
): Promise<QuickBooksSimulator> {
  const { port = 0, realmId = '4620816365000000001', now = Date.now, webhookUrl } = options;
  const { clientId = 'ABsimulated', clientSecret = 'simulated', webhookForm } = options;
  const { accessToken = 'eyJ-static-token', webhookSecret = 'simulated-secret' } = options;
  const sender = createWebhookSender({ mode: 'once', delayMs: 0, ...options.webhooks });

  function changed(entity: Entity, id: string, change: Change): void {
    if (webhookUrl === undefined) return;
    const notice = { realmId, entity, id, change, at: new Date(now()).toISOString() };
    const body = webhookForm === 'legacy' ? legacy(notice) : cloudEvents(notice);
    const webhook = signAsQuickBooks(webhookSecret, JSON.stringify(body));
    sender.send({ url: webhookUrl, webhook });
  }

  const provider = createQuickBooks({
    ...{ realmId, clientId, clientSecret, accessToken, now, changed },
  });
  return startWebhookSimulator(provider, port, sender);
}

interface Notice {
  readonly realmId: string;
  readonly entity: Entity;
  readonly id: string;
  readonly change: Change;
  readonly at: string;
}

const VERBS: Readonly<Record<Change, string>> = {
  Create: 'created',
  Update: 'updated',
  Delete: 'deleted',
};

const cloudEvents = ({ realmId, entity, id, change, at }: Notice) => [
  {
    ...{ specversion: '1.0', id: randomUUID(), source: 'intuit.simulated' },
    type: `qbo.${entity.toLowerCase()}.${VERBS[change]}.v1`,
    ...{ datacontenttype: 'application/json', time: at, data: {} },
    ...{ intuitentityid: id, intuitaccountid: realmId },
  },
];

const legacy = ({ realmId, entity, id, change, at }: Notice) => {
  const entities = [{ name: entity, id, operation: change, lastUpdated: at }];
  return { eventNotifications: [{ realmId, dataChangeEvent: { entities } }] };
};
