import { randomUUID } from 'node:crypto';

import { rejection } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import type { DeliveriesOptions } from './operations.ts';

/** One request sends 200 again: those beyond need another call of the command. */
const MAX_REQUESTS = 500;

/**
 * Sends all messages again that were parked since a time, the oldest first, and prints how many.
 * @throws CliError for a time that is none, and when the limit of one call is reached.
 * @throws ServerError
 */
export async function retrySince(
  { client, json, out, system }: DeliveriesOptions,
  since: string,
): Promise<void> {
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) {
    throw new CliError(`expected a time such as 2030-01-31T08:00:00Z in --since, found ${since}`);
  }
  if (system === true)
    throw new CliError('expected --since without --system: retry each by its id');
  const body = { since: new Date(sinceMs).toISOString() };
  const retried = new Set<string>();
  for (let requests = 0; requests < MAX_REQUESTS; requests++) {
    const response = await client.post('/deliveries/retry', { key: randomUUID(), body });
    if (response.status >= 300) throw rejection(response);
    const page = response.body as { readonly retried: readonly string[]; readonly more: boolean };
    const fresh = page.retried.filter((id) => !retried.has(id));
    for (const id of fresh) retried.add(id);
    // Those that were parked again meanwhile are left to the next call.
    if (page.more && fresh.length > 0) continue;
    out(json ? `${JSON.stringify({ retried: [...retried] })}\n` : `${retried.size} sent again\n`);
    return;
  }
  throw new CliError(`${retried.size} sent again, and more are parked: repeat the command`);
}
