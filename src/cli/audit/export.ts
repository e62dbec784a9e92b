import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type ApiClient, rejection } from '../api-client.ts';

const PAGE_SIZE = 100;

/**
 * Prints the audit records that match the filters of `GET /audit`, oldest first, a JSON line each.
 * @returns the number of printed records. @throws CliError, ServerError
 */
export async function exportAuditRecords(
  client: ApiClient,
  filters: Readonly<Record<string, string>>,
  limit: number,
  out: (line: string) => void,
): Promise<number> {
  let printed = 0;
  let cursor: string | undefined;
  do {
    const pageLimit = String(Math.min(PAGE_SIZE, limit - printed));
    const fields = omitUndefined({ ...filters, order: 'oldest', limit: pageLimit, cursor });
    const response = await client.get(`/audit?${new URLSearchParams(fields).toString()}`);
    if (response.status !== 200) throw rejection(response);
    const items = response.body['items'] as readonly unknown[];
    for (const item of items) out(`${JSON.stringify(item)}\n`);
    printed += items.length;
    cursor = response.body['nextCursor'] as string | undefined;
  } while (cursor !== undefined && printed < limit);
  return printed;
}
