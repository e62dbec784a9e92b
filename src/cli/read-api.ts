import { omitUndefined } from '../lib/omit-undefined.ts';
import { type ApiClient, type ApiResponse, rejection } from './api-client.ts';

/** Items that are read at once. */
const PAGE_SIZE = 200;

/** The body of a response. @throws CliError with the error of the server, ServerError */
export async function readBody(client: ApiClient, path: string): Promise<ApiResponse['body']> {
  const response = await client.get(path);
  if (response.status >= 300) throw rejection(response);
  return response.body;
}

/** The items of a list, page by page, at most `limit`. @throws CliError, ServerError */
export async function* readItems<Item>(
  client: ApiClient,
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
  limit: number,
): AsyncGenerator<Item, undefined> {
  let cursor: string | undefined;
  let read = 0;
  do {
    const pageLimit = String(Math.min(PAGE_SIZE, limit - read));
    const query = new URLSearchParams(omitUndefined({ ...filters, limit: pageLimit, cursor }));
    const page = await readBody(client, `${path}?${query.toString()}`);
    const items = page['items'] as readonly Item[];
    yield* items;
    read += items.length;
    cursor = page['nextCursor'] as string | undefined;
  } while (cursor !== undefined && read < limit);
  return undefined;
}
