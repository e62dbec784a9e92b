import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { ServerError, type Answer, type ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import { createProgress } from './progress.ts';

/** Small enough for a steady progress line, large enough to share commits. */
const CHUNK_ITEMS = 250;
const CHUNK_BYTES = 4 * 1_048_576;
const MAX_TRIES = 5;
const PAUSE_MS = 500;

export interface ImportOptions {
  readonly file: string;
  readonly client: ApiClient;
  /** Only the report, as JSON. */
  readonly json: boolean;
  /** The report. */
  readonly out: (text: string) => void;
  /** Progress. */
  readonly err: (text: string) => void;
  /** Whether progress is read by a person who sees it change. */
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
 * Sends the orders of a file to a server, some at a time, and reports what became of each.
 * Run again after an interruption it goes on: what is there already is told as repeated.
 * @returns the exit code: 1 when an order was not taken over.
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
    progress.show(`${items.length} of ${orders.length} orders: ${inWords(counts)}`);
  }
  progress.end();
  const missed = items.filter(({ outcome }) => outcome !== 'imported' && outcome !== 'repeated');
  const partly = items.filter((item) => item.reason !== undefined && !missed.includes(item));
  if (json) {
    out(`${JSON.stringify({ counts, items })}\n`);
  } else {
    for (const { index, sourceId, outcome, reason } of [...missed, ...partly]) {
      const name = sourceId === undefined ? '' : ` (${sourceId})`;
      out(`order ${index + 1}${name} ${outcome}: ${reason ?? 'no reason given'}\n`);
    }
    out(`${orders.length} order${orders.length === 1 ? '' : 's'}: ${inWords(counts)}\n`);
  }
  return missed.length + partly.length > 0 ? 1 : 0;
}

function inWords(counts: Counts): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none';
}

/** A list of orders, or one of Square's answers that hold them. */
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
    if (chunk.length === CHUNK_ITEMS || (chunk.length > 0 && sizeBytes + bytes > CHUNK_BYTES)) {
      yield chunk;
      chunk = [];
      sizeBytes = 0;
    }
    chunk.push(order);
    sizeBytes += bytes;
  }
  if (chunk.length > 0) yield chunk;
}

/** Sent again when the answer was lost or the server busy: each order counts once. */
async function sendChunk(client: ApiClient, chunk: readonly unknown[], pauseMs: number) {
  const call = { key: `import-${randomUUID()}`, body: chunk };
  for (let tries = 1; ; tries++) {
    let answer: Answer | undefined;
    try {
      answer = await client.post('/imports/orders', call);
    } catch (error) {
      if (!(error instanceof ServerError) || tries === MAX_TRIES) throw error;
    }
    if (answer?.status === 200) {
      return answer.body as unknown as { counts: Counts; items: readonly Item[] };
    }
    if (answer && (answer.body['retryable'] !== true || tries === MAX_TRIES)) {
      const { code, detail } = answer.body;
      throw new CliError(`the server answered ${answer.status} ${String(code)}: ${String(detail)}`);
    }
    await pause(pauseMs * tries);
  }
}
