import { randomUUID } from 'node:crypto';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type ApiClient, type ApiResponse, rejection } from '../api-client.ts';

export interface ApiKeysOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

/** A key to add; what is absent has no limit. */
export interface NewApiKey {
  readonly name: string;
  readonly role: string;
  readonly branchId?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly expiresAt?: string | undefined;
}

/** A key as reported by `GET /keys`. */
interface ApiKey {
  readonly keyId: string;
  readonly status: string;
  readonly name: string;
  readonly role: string;
  readonly branchId?: string;
  readonly scopes?: readonly string[];
  readonly expiresAt?: string;
  readonly lastUsedAt?: string;
}

const PAGE_SIZE = 200;

/** Prints the keys, the oldest first. @throws CliError, ServerError */
export async function listApiKeys({ client, json, out }: ApiKeysOptions): Promise<void> {
  let cursor: string | undefined;
  let printed = 0;
  do {
    const query = new URLSearchParams(omitUndefined({ limit: String(PAGE_SIZE), cursor }));
    const page = accepted(await client.get(`/keys?${query.toString()}`));
    const items = page['items'] as readonly ApiKey[];
    for (const item of items) out(json ? `${JSON.stringify(item)}\n` : lineOf(item));
    printed += items.length;
    cursor = page['nextCursor'] as string | undefined;
  } while (cursor !== undefined);
  if (printed === 0 && !json) out('no keys\n');
}

/** Prints the new key, which is shown only now. @throws CliError, ServerError */
export async function addApiKey(options: ApiKeysOptions, key: NewApiKey): Promise<void> {
  printSecret(options, await options.client.post('/keys', { key: randomUUID(), body: key }));
}

/** Prints the new secret, which is shown only now. @throws CliError, ServerError */
export async function rotateApiKey(
  options: ApiKeysOptions,
  id: string,
  overlapHours: number,
): Promise<void> {
  const call = { key: randomUUID(), body: { overlapHours } };
  printSecret(options, await options.client.post(`${pathOf(id)}/rotate`, call));
}

/** @throws CliError, ServerError */
export async function revokeApiKey(
  { client, json, out }: ApiKeysOptions,
  id: string,
): Promise<void> {
  const body = accepted(await client.remove(pathOf(id), { key: randomUUID() }));
  out(json ? `${JSON.stringify(body)}\n` : `key ${id} revoked\n`);
}

function pathOf(id: string): string {
  return `/keys/${encodeURIComponent(id)}`;
}

/** As text only the key, so that a script can keep it. */
function printSecret({ json, out }: ApiKeysOptions, response: ApiResponse): void {
  const body = accepted(response);
  out(json ? `${JSON.stringify(body)}\n` : `${String(body['key'])}\n`);
}

function accepted(response: ApiResponse): ApiResponse['body'] {
  if (response.status >= 300) throw rejection(response);
  return response.body;
}

function lineOf({ keyId, status, name, role, branchId, scopes, ...key }: ApiKey): string {
  const parts = [
    ...[keyId, status, branchId === undefined ? role : `${role} in ${branchId}`],
    ...[scopes?.join(',') ?? 'all of the role', `until ${key.expiresAt ?? 'revoked'}`],
    ...[`last used ${key.lastUsedAt ?? 'never'}`, name],
  ];
  return `${parts.join('  ')}\n`;
}
