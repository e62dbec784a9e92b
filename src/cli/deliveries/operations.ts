import { randomUUID } from 'node:crypto';

import { type ApiClient, rejection } from '../api-client.ts';
import { readBody, readItems } from '../read-api.ts';

export interface DeliveriesOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
  /** Those about the installation, not those of the key's shop. */
  readonly system?: boolean;
}

const pathOf = ({ system }: DeliveriesOptions) =>
  system === true ? '/deliveries/system' : '/deliveries';

/** A message as reported by `GET /deliveries`. */
interface Delivery {
  readonly deliveryId: string;
  readonly state: string;
  readonly channel: string;
  readonly priority: string;
  readonly topic?: string;
  readonly recipient: string;
  readonly requestedAt: string;
  readonly nextAttemptAt?: string;
  readonly attemptCount: number;
  readonly reason?: string;
  readonly reports: readonly { readonly report: string; readonly at: string }[];
}

/** With its attempts, as reported by `GET /deliveries/:deliveryId`. */
interface FullDelivery extends Delivery {
  readonly attempts: readonly {
    readonly attempt: number;
    readonly at: string;
    readonly result: string;
    readonly reason?: string;
    readonly detail?: string;
  }[];
}

/** Prints messages, the newest first, at most `limit`. @throws CliError, ServerError */
export async function listDeliveries(
  options: DeliveriesOptions,
  filters: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<void> {
  const { client, json, out } = options;
  let printed = 0;
  for await (const item of readItems<Delivery>(client, pathOf(options), filters, limit)) {
    out(json ? `${JSON.stringify(item)}\n` : lineOf(item));
    printed += 1;
  }
  if (printed === 0 && !json) out('no deliveries\n');
}

/** Prints one message with its attempts. @throws CliError, ServerError */
export async function showDelivery(options: DeliveriesOptions, id: string): Promise<void> {
  const { client, json, out } = options;
  const found = await readBody(client, `${pathOf(options)}/${encodeURIComponent(id)}`);
  const delivery = found as unknown as FullDelivery;
  if (json) {
    out(`${JSON.stringify(delivery)}\n`);
    return;
  }
  out(lineOf(delivery));
  for (const { attempt, at, result, reason, detail } of delivery.attempts) {
    const why = [reason, detail].filter((text) => text !== undefined).join(' ');
    out(`  attempt ${attempt}  ${at}  ${result}${why === '' ? '' : `: ${why}`}\n`);
  }
  for (const { report, at } of delivery.reports) out(`  report     ${at}  ${report}\n`);
  if (delivery.nextAttemptAt !== undefined) out(`  next at    ${delivery.nextAttemptAt}\n`);
}

/** Sends a message again. @throws CliError, ServerError */
export async function retryDelivery(options: DeliveriesOptions, id: string): Promise<void> {
  await operate(options, id, 'retry', {});
}

/** Sends a message no more. @throws CliError, ServerError */
export async function cancelDelivery(
  options: DeliveriesOptions,
  id: string,
  reason: string,
): Promise<void> {
  await operate(options, id, 'cancel', { reason });
}

async function operate(
  options: DeliveriesOptions,
  id: string,
  action: string,
  body: object,
): Promise<void> {
  const { client, json, out } = options;
  const path = `${pathOf(options)}/${encodeURIComponent(id)}/${action}`;
  const response = await client.post(path, { key: randomUUID(), body });
  if (response.status >= 300) throw rejection(response);
  const { state } = response.body as { readonly state: string };
  out(json ? `${JSON.stringify(response.body)}\n` : `${id}: ${state}\n`);
}

function lineOf(delivery: Delivery): string {
  const { deliveryId, state, channel, priority, topic, recipient, attemptCount } = delivery;
  const { reports, reason, requestedAt } = delivery;
  const report = reports.at(-1)?.report;
  const parts = [
    deliveryId,
    report === undefined ? state : `${state}, ${report}`,
    ...[channel, priority, topic ?? '-', recipient],
    `${attemptCount} attempts`,
    requestedAt,
  ];
  return `${parts.join('  ')}${reason === undefined ? '' : `\n  ${reason}`}\n`;
}
