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
    const pageLimit = Math.min(PAGE_SIZE, limit - printed);
    const page = await readCompletePage(client, omitUndefined({ ...filters, cursor }), pageLimit);
    for (const item of page.items) out(`${JSON.stringify(item)}\n`);
    printed += page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && printed < limit);
  return printed;
}

interface AuditPage {
  readonly items: readonly { readonly omitted?: true }[];
  readonly nextCursor?: string;
}

/**
 * A page whose records have their changes: one that had too much to read ends before the first
 * record without them. A record that is alone and has none cannot be read by this version.
 */
async function readCompletePage(
  client: ApiClient,
  query: Readonly<Record<string, string>>,
  limit: number,
): Promise<AuditPage> {
  const page = await readPage(client, query, limit);
  const cut = page.items.findIndex(({ omitted }) => omitted === true);
  if (cut < 0 || page.items.length === 1) return page;
  return readPage(client, query, Math.max(cut, 1));
}

async function readPage(
  client: ApiClient,
  query: Readonly<Record<string, string>>,
  limit: number,
): Promise<AuditPage> {
  const fields = { ...query, order: 'oldest', limit: String(limit) };
  const response = await client.get(`/audit?${new URLSearchParams(fields).toString()}`);
  if (response.status !== 200) throw rejection(response);
  return response.body as unknown as AuditPage;
}
