import { randomUUID } from 'node:crypto';

import { type ApiClient, rejection } from '../api-client.ts';
import { readBody, readItems } from '../read-api.ts';

export interface ConflictOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

interface Version {
  readonly factId: string;
  readonly deviceId?: string;
  readonly actor: string;
  readonly name?: string;
  readonly claimedAt: string;
  readonly keptAt: string;
  readonly value: unknown;
}

interface ListedConflict {
  readonly conflictId: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly field: string;
  readonly state: string;
  readonly words: string;
  readonly foundAt: string;
  readonly versions: readonly Version[];
  readonly winnerEventId?: string;
  readonly resolvedBy?: string;
}

/** Conflicts that are read of the list. */
const MAX_CONFLICTS = 10_000;

/** Lists the conflicts in which a person has to choose; with `all`, the others too. */
export async function listConflicts(
  { client, json, out }: ConflictOptions,
  { all }: { readonly all: boolean },
): Promise<void> {
  const found: ListedConflict[] = [];
  const filters = all ? {} : { state: 'open' };
  for await (const each of readItems<ListedConflict>(
    client,
    '/conflicts',
    filters,
    MAX_CONFLICTS,
  )) {
    found.push(each);
  }
  if (json) out(`${JSON.stringify(found)}\n`);
  else if (found.length === 0) out('no conflicts\n');
  else for (const each of found) out(lineOf(each));
}

function lineOf({
  conflictId,
  state,
  entityType,
  entityId,
  words,
  foundAt,
}: ListedConflict): string {
  return `${state.padEnd(8)}  ${conflictId}  ${entityType} ${entityId}\n  ${words}\n  found ${foundAt}\n`;
}

const pathOf = (conflictId: string) => `/conflicts/${encodeURIComponent(conflictId)}`;

/** Shows one conflict with both of its versions. @throws CliError with the error of the server. */
export async function showConflict(
  { client, json, out }: ConflictOptions,
  conflictId: string,
): Promise<void> {
  const body = await readBody(client, pathOf(conflictId));
  if (json) {
    out(`${JSON.stringify(body)}\n`);
    return;
  }
  const conflict = body as unknown as ListedConflict;
  out(lineOf(conflict));
  for (const version of conflict.versions) out(versionText(version, conflict.winnerEventId));
  const { resolvedBy } = conflict;
  if (resolvedBy !== undefined) out(`  resolved by ${resolvedBy}\n`);
}

function versionText(version: Version, winner: string | undefined): string {
  const {
    factId,
    deviceId = 'the server',
    actor,
    name = actor,
    claimedAt,
    keptAt,
    value,
  } = version;
  const counts = factId === winner ? ', counts' : '';
  return `  ${factId}${counts}\n    ${name} at ${deviceId}, ${claimedAt}, kept ${keptAt}\n    ${JSON.stringify(value)}\n`;
}

/** Chooses one version of a conflict. @throws CliError with the error of the server. */
export async function resolveConflict(
  { client, json, out }: ConflictOptions,
  choice: {
    readonly conflictId: string;
    readonly factId: string;
    readonly reason: string | undefined;
  },
): Promise<void> {
  const { conflictId, factId, reason } = choice;
  const body = { factId, ...(reason !== undefined && { reason }) };
  const response = await client.post(`${pathOf(conflictId)}/resolve`, { key: randomUUID(), body });
  if (response.status >= 300) throw rejection(response);
  out(json ? `${JSON.stringify(response.body)}\n` : `${factId} counts\n`);
}
