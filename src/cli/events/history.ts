import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface EventsOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

/** What of the history is asked for; the names are those of `GET /history`. */
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

const PAGE = 200;

/**
 * Prints events in the order of the log, at most `limit` of them: a line each, or JSON lines.
 * @returns how many there were.
 * @throws CliError, ServerError
 */
export async function listEvents(
  { client, json, out }: EventsOptions,
  filters: HistoryFilters,
  limit: number,
): Promise<number> {
  let printed = 0;
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      ...filters,
      limit: String(Math.min(PAGE, limit - printed)),
      ...(cursor !== undefined && { cursor }),
    });
    const page = await ask(client, `/history?${query.toString()}`);
    const items = page['items'] as readonly Entry[];
    for (const item of items) out(json ? `${JSON.stringify(item)}\n` : lineOf(item));
    printed += items.length;
    cursor = page['nextCursor'] as string | undefined;
  } while (cursor !== undefined && printed < limit);
  return printed;
}

/** Prints one event with what led to it and what came of it. @throws CliError, ServerError */
export async function showEvent(
  { client, json, out }: EventsOptions,
  position: string,
): Promise<void> {
  const answer = await ask(client, `/history/events/${encodeURIComponent(position)}`);
  if (json) {
    out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const event = answer['event'] as Entry;
  const causes = answer['causes'] as readonly Entry[];
  const effects = answer['effects'] as readonly Entry[];
  for (const cause of causes) out(`led to it:   ${lineOf(cause)}`);
  out(`the event:   ${lineOf(event)}`);
  for (const effect of effects) out(`came of it:  ${lineOf(effect)}`);
  if (answer['complete'] !== true) out('             and more, see --correlation\n');
  const { correlationId, causationId, commandId, deviceId, data } = event;
  out(`\ncorrelation  ${correlationId}\ncausation    ${causationId}\ncommand      ${commandId}\n`);
  if (deviceId !== undefined) out(`device       ${deviceId}\n`);
  out(`${JSON.stringify(data, undefined, 2)}\n`);
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
  const answer = await ask(client, query === '' ? path : `${path}?${query}`);
  if (json) {
    out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { from, to } = answer as Record<'from' | 'to', { revision: number; at: string }>;
  out(`${kind} ${id}, revision ${from.revision} (${from.at}) to ${to.revision} (${to.at})\n`);
  for (const event of answer['events'] as readonly Entry[]) out(lineOf(event));
  const changes = answer['changes'] as readonly { readonly text: string }[];
  for (const { text } of changes) out(`  ${text}\n`);
  if (changes.length === 0) out('  nothing differs\n');
}

function lineOf({ position, at, stream, revision, actorKind, actorId, summary }: Entry): string {
  return `${position}  ${at}  ${stream}@${revision}  ${actorKind} ${actorId}  ${summary}\n`;
}

async function ask(client: ApiClient, path: string) {
  const { status, body } = await client.get(path);
  if (status === 200) return body;
  const { code, detail } = body;
  throw new CliError(`the server answered ${status} ${String(code)}: ${String(detail)}`);
}
