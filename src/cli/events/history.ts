import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { readBody, readItems } from '../read-api.ts';

export interface EventsOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

/** Filters with the names of `GET /history`. */
export type HistoryFilters = Readonly<Record<string, string>>;

interface Entry {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly summary: string;
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly deviceId?: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  readonly data: unknown;
}

/**
 * Prints events of a list, such as `/history`, at most `limit` of them: a line each, or JSON lines.
 * @returns the number of printed events.
 * @throws CliError, ServerError
 */
export async function listEvents(
  { client, json, out }: EventsOptions,
  filters: HistoryFilters,
  limit: number,
  path = '/history',
): Promise<number> {
  let printed = 0;
  for await (const item of readItems<Entry>(client, path, filters, limit)) {
    out(json ? `${JSON.stringify(item)}\n` : lineOf(item));
    printed += 1;
  }
  return printed;
}

/** Prints one event with its causes and effects. @throws CliError, ServerError */
export async function showEvent(
  { client, json, out }: EventsOptions,
  position: string,
): Promise<void> {
  const body = await readBody(client, `/history/events/${encodeURIComponent(position)}`);
  if (json) {
    out(`${JSON.stringify(body)}\n`);
    return;
  }
  const event = body['event'] as Entry;
  const causes = body['causes'] as readonly Entry[];
  const effects = body['effects'] as readonly Entry[];
  for (const cause of causes) out(`cause:       ${lineOf(cause)}`);
  out(`the event:   ${lineOf(event)}`);
  for (const effect of effects) out(`effect:      ${lineOf(effect)}`);
  if (body['complete'] !== true) out('             and more, see --correlation\n');
  const { correlationId, causationId, commandId, deviceId, data } = event;
  out(`\ncorrelation  ${correlationId}\ncausation    ${causationId}\ncommand      ${commandId}\n`);
  if (deviceId !== undefined) out(`device       ${deviceId}\n`);
  out(`${JSON.stringify(data, undefined, 2)}\n`);
}

/** Prints one event of the system. @throws CliError, ServerError */
export async function showSystemEvent(
  { client, json, out }: EventsOptions,
  event: string,
): Promise<void> {
  const body = await readBody(client, `/history/system/${encodeURIComponent(event)}`);
  if (json) out(`${JSON.stringify(body)}\n`);
  else {
    const entry = body as unknown as Entry;
    out(`${lineOf(entry)}${JSON.stringify(entry.data, undefined, 2)}\n`);
  }
}

/** Prints what changed in an order or account between two moments. @throws CliError, ServerError */
export async function showChanges(
  { client, json, out }: EventsOptions,
  kind: string,
  id: string,
  moments: HistoryFilters,
): Promise<void> {
  if (kind !== 'order' && kind !== 'customer') {
    throw new CliError(`expected order or customer, found ${kind}`);
  }
  const query = new URLSearchParams(moments).toString();
  const path = `/history/${kind}s/${encodeURIComponent(id)}/changes`;
  const body = await readBody(client, query === '' ? path : `${path}?${query}`);
  if (json) {
    out(`${JSON.stringify(body)}\n`);
    return;
  }
  const { from, to } = body as Record<'from' | 'to', { revision: number; at: string }>;
  out(`${kind} ${id}, revision ${from.revision} (${from.at}) to ${to.revision} (${to.at})\n`);
  for (const event of body['events'] as readonly Entry[]) out(lineOf(event));
  const changes = body['changes'] as readonly { readonly text: string }[];
  for (const { text } of changes) out(`  ${text}\n`);
  if (changes.length === 0) out('  no changes\n');
}

function lineOf({ position, at, stream, revision, actorKind, actorId, summary }: Entry): string {
  return `${position}  ${at}  ${stream}@${revision}  ${actorKind} ${actorId}  ${summary}\n`;
}
