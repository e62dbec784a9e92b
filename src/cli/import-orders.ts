import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { rejection, ServerError, type ApiClient, type ApiResponse } from './api-client.ts';
import { CliError } from './cli-error.ts';
import { createProgress } from './progress.ts';

/** Small enough for a steady progress line, large enough to share commits. */
const MAX_CHUNK_ITEMS = 250;
const MAX_CHUNK_BYTES = 4 * 1_048_576;
const MAX_ATTEMPTS = 5;
const PAUSE_MS = 500;

export interface ImportOptions {
  readonly file: string;
  readonly client: ApiClient;
  /** Print only the report, as JSON. */
  readonly json: boolean;
  /** The report. */
  readonly out: (text: string) => void;
  /** Progress. */
  readonly err: (text: string) => void;
  /** Whether progress goes to a terminal, where a line can be overwritten. */
  readonly terminal: boolean;
  readonly pauseMs?: number;
}

type Counts = Record<string, number>;

interface Item {
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: string;
  readonly reason?: string;
}

/**
 * Sends the orders of a file to a server in chunks, and reports the outcome of each order.
 * Idempotent: orders of an earlier, interrupted run are reported as repeated.
 * @returns the exit code: 1 when an order was not imported, or not completely.
 * @throws CliError, ServerError
 */
export async function importOrders(options: ImportOptions): Promise<number> {
  const { file, client, json, out, err, terminal } = options;
  const orders = readOrders(file);
  const counts: Counts = {};
  const items: Item[] = [];
  const progress = createProgress(err, terminal);
  for (const chunk of chunksOf(orders)) {
    const first = items.length;
    const report = await sendChunk(client, chunk, options.pauseMs ?? PAUSE_MS);
    for (const [outcome, count] of Object.entries(report.counts)) {
      counts[outcome] = (counts[outcome] ?? 0) + count;
    }
    items.push(...report.items.map((item) => ({ ...item, index: first + item.index })));
    progress.show(`${items.length} of ${orders.length} orders: ${countsToText(counts)}`);
  }
  progress.end();
  const failed = items.filter(({ outcome }) => outcome !== 'imported' && outcome !== 'repeated');
  const partial = items.filter((item) => item.reason !== undefined && !failed.includes(item));
  if (json) {
    out(`${JSON.stringify({ counts, items })}\n`);
  } else {
    for (const { index, sourceId, outcome, reason } of [...failed, ...partial]) {
      const name = sourceId === undefined ? '' : ` (${sourceId})`;
      out(`order ${index + 1}${name} ${outcome}: ${reason ?? 'no reason given'}\n`);
    }
    out(`${orders.length} order${orders.length === 1 ? '' : 's'}: ${countsToText(counts)}\n`);
  }
  return failed.length + partial.length > 0 ? 1 : 0;
}

function countsToText(counts: Counts): string {
  const nonZero = Object.entries(counts).filter(([, count]) => count > 0);
  return nonZero.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none';
}

/** A list of orders, or a Square API response that contains them. */
function readOrders(file: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`expected orders as JSON in ${file}: ${found}`, { cause });
  }
  if (Array.isArray(parsed)) return parsed;
  const { orders, order } = (parsed ?? {}) as { orders?: unknown; order?: unknown };
  if (Array.isArray(orders)) return orders;
  if (order !== undefined) return [order];
  throw new CliError(`expected a list, or an object with "orders" or "order", in ${file}`);
}

function* chunksOf(orders: readonly unknown[]): Generator<readonly unknown[]> {
  let chunk: unknown[] = [];
  let sizeBytes = 0;
  for (const order of orders) {
    const bytes = Buffer.byteLength(JSON.stringify(order));
    if (
      chunk.length === MAX_CHUNK_ITEMS ||
      (chunk.length > 0 && sizeBytes + bytes > MAX_CHUNK_BYTES)
    ) {
      yield chunk;
      chunk = [];
      sizeBytes = 0;
    }
    chunk.push(order);
    sizeBytes += bytes;
  }
  if (chunk.length > 0) yield chunk;
}

/** Retries when the response was lost or the server is busy: each order is imported once. */
async function sendChunk(client: ApiClient, chunk: readonly unknown[], pauseMs: number) {
  const call = { key: `import-${randomUUID()}`, body: chunk };
  for (let attempt = 1; ; attempt++) {
    let response: ApiResponse | undefined;
    try {
      response = await client.post('/imports/orders', call);
    } catch (error) {
      if (!(error instanceof ServerError) || attempt === MAX_ATTEMPTS) throw error;
    }
    if (response?.status === 200) {
      return response.body as unknown as { counts: Counts; items: readonly Item[] };
    }
    if (response && (response.body['retryable'] !== true || attempt === MAX_ATTEMPTS)) {
      throw rejection(response);
    }
    await pause(pauseMs * attempt);
  }
}
