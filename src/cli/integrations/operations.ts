import { randomUUID } from 'node:crypto';

import { formatMoney } from '../../domain/kernel/format-money.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type ApiClient, type ApiResponse, rejection } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface IntegrationsOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

/** An account at a provider, and a token of it. */
export interface Account {
  readonly account: string;
  readonly environment: string;
  readonly accessToken: string;
}

/** A connection as reported by `GET /integrations`. */
interface Integration {
  readonly provider: string;
  readonly status: string;
  readonly account: string;
  readonly accountName?: string;
  readonly environment: string;
}

const PAGE_SIZE = 200;
/** Pause between two looks for a connection that a person is making. */
const LOOK_EVERY_MS = 2_000;

/** Prints the connections of the shop. @throws CliError, ServerError */
export async function listIntegrations({ client, json, out }: IntegrationsOptions): Promise<void> {
  let cursor: string | undefined;
  let printed = 0;
  do {
    const query = new URLSearchParams(omitUndefined({ limit: String(PAGE_SIZE), cursor }));
    const page = accepted(await client.get(`/integrations?${query.toString()}`));
    const items = page['items'] as readonly Integration[];
    for (const item of items) out(json ? `${JSON.stringify(item)}\n` : lineOf(item));
    printed += items.length;
    cursor = page['nextCursor'] as string | undefined;
  } while (cursor !== undefined);
  if (printed === 0 && !json) out('no connections\n');
}

/** Connects with a token, and prints what the provider says of it. @throws CliError, ServerError */
export async function connectIntegration(
  options: IntegrationsOptions,
  provider: string,
  account: Account,
): Promise<void> {
  const call = { key: randomUUID(), body: account };
  const body = accepted(await options.client.post(`${pathOf(provider)}/connect`, call));
  const test = body['test'] as TestOutcome | undefined;
  print(options, body, `${String(body['status'])}${test ? `: ${outcomeOf(test)}` : ''}`);
}

/** Waits between two looks; tests pass their own. */
export type Pause = (ms: number) => Promise<unknown>;

/**
 * Prints the address where the owner of the account agrees, and waits until the connection is there
 * or the address has expired. @throws CliError, ServerError
 */
export async function authorizeIntegration(
  options: IntegrationsOptions,
  provider: string,
  environment: string,
  pause: Pause,
): Promise<void> {
  const { client, json, out } = options;
  const before = await client.get(pathOf(provider));
  if (before.status !== 404) accepted(before);
  const call = { body: { environment } };
  const begun = accepted(await client.post(`${pathOf(provider)}/authorize`, call));
  const seconds = Number(begun['expiresInSeconds']);
  if (json) out(`${JSON.stringify(begun)}\n`);
  else
    out(`open this address within ${Math.floor(seconds / 60)} minutes:\n${String(begun['url'])}\n`);
  for (let waitedMs = 0; waitedMs < seconds * 1_000; waitedMs += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
    const { status, body } = await client.get(pathOf(provider));
    const isNew = status === 200 && body['revision'] !== before.body['revision'];
    if (!isNew || body['status'] === 'connecting') continue;
    print(options, body, String(body['status']));
    if (body['status'] === 'connected') return;
    throw new CliError(`${provider} refuses the new connection: ${String(body['lastError'])}`);
  }
  throw new CliError('the owner has not agreed in time; begin again');
}

/** The health of a connection as reported by `GET /integrations/health`. */
interface Health {
  readonly provider: string;
  readonly healthStatus: string;
  readonly healthChangedAt?: string;
  readonly successRate: number;
  readonly averageResponseMs?: number;
  readonly queueDepth: number;
}

/** Prints how the exchange goes with all providers, or with one. @throws CliError, ServerError */
export async function showHealth(options: IntegrationsOptions, provider?: string): Promise<void> {
  const { client, json, out } = options;
  const path = provider === undefined ? '/integrations' : pathOf(provider);
  const body = accepted(await client.get(`${path}/health`));
  const items = (provider === undefined ? body['items'] : [body]) as readonly Health[];
  for (const item of items) out(json ? `${JSON.stringify(item)}\n` : healthLine(item));
  if (items.length === 0 && !json) out('no connections\n');
}

/** The calls of a month as reported by `GET /integrations/costs`. */
interface Cost {
  readonly provider: string;
  readonly periodStart: string;
  readonly apiCalls: number;
  readonly dataSyncedMb: number;
  readonly currency?: string;
  readonly totalCostMinor: number;
}

/** Prints the calls of a month, and what they cost. @throws CliError, ServerError */
export async function showCosts(options: IntegrationsOptions, period?: string): Promise<void> {
  const { client, json, out } = options;
  const query = new URLSearchParams(omitUndefined({ period }));
  const body = accepted(await client.get(`/integrations/costs?${query.toString()}`));
  const items = body['items'] as readonly Cost[];
  for (const item of items) out(json ? `${JSON.stringify(item)}\n` : costLine(item));
  if (items.length === 0 && !json) out('no calls\n');
}

/** Asks the provider whether the token serves. @throws CliError, ServerError */
export async function testIntegration(
  options: IntegrationsOptions,
  provider: string,
): Promise<void> {
  const body = accepted(await options.client.post(`${pathOf(provider)}/test`, newCall()));
  print(options, body, outcomeOf(body as unknown as TestOutcome));
}

/** @throws CliError, ServerError */
export async function pauseIntegration(
  options: IntegrationsOptions,
  provider: string,
  reason: string,
): Promise<void> {
  const call = { key: randomUUID(), body: { reason } };
  const body = accepted(await options.client.post(`${pathOf(provider)}/pause`, call));
  print(options, body, String(body['status']));
}

/** @throws CliError, ServerError */
export async function resumeIntegration(
  options: IntegrationsOptions,
  provider: string,
): Promise<void> {
  const body = accepted(await options.client.post(`${pathOf(provider)}/resume`, newCall()));
  print(options, body, String(body['status']));
}

/** @throws CliError, ServerError */
export async function disconnectIntegration(
  options: IntegrationsOptions,
  provider: string,
): Promise<void> {
  const body = accepted(await options.client.remove(pathOf(provider), { key: randomUUID() }));
  print(options, body, `${String(body['status'])}; revoke the token at ${provider} as well`);
}

function healthLine(health: Health): string {
  const { provider, healthStatus, healthChangedAt, successRate, averageResponseMs } = health;
  const parts = [
    `${healthStatus}${healthChangedAt === undefined ? '' : ` since ${healthChangedAt}`}`,
    `${successRate} % of the calls of a day succeed`,
    ...(averageResponseMs === undefined ? [] : [`${averageResponseMs} ms a call`]),
    ...(health.queueDepth === 0 ? [] : [`${health.queueDepth} wait`]),
  ];
  return `${[provider, ...parts].join('  ')}\n`;
}

function costLine({ provider, periodStart, apiCalls, dataSyncedMb, ...cost }: Cost): string {
  const { currency, totalCostMinor } = cost;
  const sum = currency === undefined ? 'no price' : formatMoney(totalCostMinor, currency);
  return `${provider}  since ${periodStart}  ${apiCalls} calls  ${dataSyncedMb} MB  ${sum}\n`;
}

interface TestOutcome {
  readonly outcome: string;
  readonly code?: string;
}

const newCall = () => ({ key: randomUUID(), body: {} });

function pathOf(provider: string): string {
  return `/integrations/${encodeURIComponent(provider)}`;
}

function outcomeOf({ outcome, code }: TestOutcome): string {
  return `token ${outcome}${code === undefined ? '' : ` (${code})`}`;
}

function print({ json, out }: IntegrationsOptions, body: ApiResponse['body'], text: string): void {
  out(json ? `${JSON.stringify(body)}\n` : `${text}\n`);
}

function accepted(response: ApiResponse): ApiResponse['body'] {
  if (response.status >= 300) throw rejection(response);
  return response.body;
}

function lineOf({ provider, status, account, accountName, environment }: Integration): string {
  const named = accountName === undefined ? account : `${account} (${accountName})`;
  return `${[provider, status, environment, named].join('  ')}\n`;
}
