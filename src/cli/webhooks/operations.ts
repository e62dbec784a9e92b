import { randomUUID } from 'node:crypto';

import { type ApiClient, rejection } from '../api-client.ts';
import { readBody, readItems } from '../read-api.ts';

export interface WebhooksOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

/** What a provider reported, as reported by `GET /webhook-notices`. */
interface Webhook {
  readonly webhookId: string;
  readonly provider: string;
  readonly eventType: string;
  readonly status: string;
  readonly effect?: string;
  readonly code?: string;
  readonly retryAt?: string;
  readonly attempts: number;
  readonly entityId?: string;
  readonly paymentId?: string;
  readonly paidOrderId?: string;
  readonly receivedAt: string;
}

const pathOf = (id: string) => `/webhook-notices/${encodeURIComponent(id)}`;

/** Prints webhooks, the newest first, at most `limit`. @throws CliError, ServerError */
export async function listWebhooks(
  { client, json, out }: WebhooksOptions,
  filters: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<void> {
  let printed = 0;
  for await (const item of readItems<Webhook>(client, '/webhook-notices', filters, limit)) {
    out(json ? `${JSON.stringify(item)}\n` : lineOf(item));
    printed += 1;
  }
  if (printed === 0 && !json) out('no webhooks\n');
}

/** Prints what became of one webhook. @throws CliError, ServerError */
export async function showWebhook(
  { client, json, out }: WebhooksOptions,
  id: string,
): Promise<void> {
  const webhook = (await readBody(client, pathOf(id))) as unknown as Webhook;
  if (json) {
    out(`${JSON.stringify(webhook)}\n`);
    return;
  }
  out(lineOf(webhook));
  const { attempts, retryAt, paymentId, paidOrderId } = webhook;
  out(`  tries      ${attempts}\n`);
  if (retryAt !== undefined) out(`  next at    ${retryAt}\n`);
  if (paymentId !== undefined) out(`  payment    ${paymentId}\n`);
  if (paidOrderId !== undefined) out(`  order      ${paidOrderId}\n`);
}

/** Has a parked webhook carried out again. @throws CliError, ServerError */
export async function retryWebhook(
  { client, json, out }: WebhooksOptions,
  id: string,
): Promise<void> {
  const response = await client.post(`${pathOf(id)}/retry`, { key: randomUUID(), body: {} });
  if (response.status >= 300) throw rejection(response);
  const { round } = response.body as { readonly round: number };
  out(json ? `${JSON.stringify(response.body)}\n` : `${id}: round ${round} begins\n`);
}

function lineOf(webhook: Webhook): string {
  const { webhookId, status, effect, code, eventType, entityId, receivedAt } = webhook;
  const result = effect ?? code;
  const parts = [
    webhookId,
    result === undefined ? status : `${status}, ${result}`,
    ...[eventType, entityId ?? '-', receivedAt],
  ];
  return `${parts.join('  ')}\n`;
}
