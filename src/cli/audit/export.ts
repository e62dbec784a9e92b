import type { ApiClient } from '../api-client.ts';
import { readItems } from '../read-api.ts';

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
  const oldestFirst = { ...filters, order: 'oldest' };
  for await (const item of readItems(client, '/audit', oldestFirst, limit)) {
    out(`${JSON.stringify(item)}\n`);
    printed += 1;
  }
  return printed;
}
