import type { ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import { createProgress } from './progress.ts';
import { CHUNK_PAUSE_MS, sendChunk } from './send-chunk.ts';
import { readTextFile } from './text-file.ts';

/** Small enough for a steady progress line, large enough to share commits. */
const MAX_CHUNK_ITEMS = 250;
const MAX_CHUNK_BYTES = 4 * 1_048_576;

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

interface Notice {
  readonly code: string;
  /** JSON pointer into the file. */
  readonly path: string;
  readonly message: string;
  readonly action: string;
}

interface Item {
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: string;
  readonly code?: string;
  /** JSON pointer into the file. */
  readonly path?: string;
  /** Begins with the path. */
  readonly reason?: string;
  readonly action?: string;
  readonly notices?: readonly Notice[];
}

interface Report {
  readonly counts: Counts;
  readonly items: readonly Item[];
}

/** The orders of a file, and the JSON pointer to each. */
interface OrderFile {
  readonly orders: readonly unknown[];
  readonly pathOf: (index: number) => string;
}

const FAILED_OUTCOMES = ['changed', 'refused', 'invalid'];

/**
 * Sends the orders of a file to a server in chunks, and reports the outcome of each order.
 * Idempotent: orders of an earlier, interrupted run are reported as repeated.
 * @returns the exit code: 1 when an order was not imported, or not completely. What is not a sale,
 *   and is skipped, does not count.
 * @throws CliError, ServerError
 */
export async function importOrders(options: ImportOptions): Promise<number> {
  const { file, client, json, out, err, terminal, pauseMs = CHUNK_PAUSE_MS } = options;
  const content = readOrders(file);
  const { orders } = content;
  const counts: Counts = {};
  const items: Item[] = [];
  const progress = createProgress(err, terminal);
  for (const chunk of chunksOf(orders)) {
    const first = items.length;
    const sent = { path: '/imports/orders', body: chunk };
    const report = await sendChunk<Report>(client, sent, pauseMs);
    for (const [outcome, count] of Object.entries(report.counts)) {
      counts[outcome] = (counts[outcome] ?? 0) + count;
    }
    items.push(...report.items.map((item) => inFile(item, first + item.index, content)));
    progress.show(`${items.length} of ${orders.length} orders: ${countsToText(counts)}`);
  }
  progress.end();
  const failed = items.filter(({ outcome }) => FAILED_OUTCOMES.includes(outcome));
  const partial = items.filter((item) => isSuccess(item) && item.reason !== undefined);
  const skipped = items.filter(({ outcome }) => outcome === 'skipped');
  if (json) {
    out(`${JSON.stringify({ counts, items })}\n`);
  } else {
    for (const item of [...failed, ...partial, ...skipped]) out(`${describeItem(item)}\n`);
    for (const line of items.flatMap(describeNotices)) out(`${line}\n`);
    out(`${orders.length} order${orders.length === 1 ? '' : 's'}: ${countsToText(counts)}\n`);
  }
  return failed.length + partial.length > 0 ? 1 : 0;
}

function isSuccess({ outcome }: Item): boolean {
  return outcome === 'imported' || outcome === 'repeated';
}

/** An item of a chunk with its place in the file. The server's paths are those in the chunk. */
function inFile(item: Item, index: number, { pathOf }: OrderFile): Item {
  const sent = `/${item.index}`;
  const move = (path: string) =>
    path.startsWith(sent) ? `${pathOf(index)}${path.slice(sent.length)}` : path;
  const { path, reason, notices } = item;
  return {
    ...item,
    index,
    ...(path !== undefined && { path: move(path) }),
    ...(reason !== undefined && { reason: move(reason) }),
    ...(notices && { notices: notices.map((notice) => ({ ...notice, path: move(notice.path) })) }),
  };
}

const nameOf = ({ index, sourceId }: Item) =>
  `order ${index + 1}${sourceId === undefined ? '' : ` (${sourceId})`}`;

function describeItem(item: Item): string {
  const { outcome, reason = 'no reason given', action, code } = item;
  const advice = action === undefined ? '' : `. ${action}`;
  return `${nameOf(item)} ${outcome}: ${reason}${advice}${code === undefined ? '' : ` [${code}]`}`;
}

/** Only of orders that are imported now: those imported before were reported then. */
function describeNotices(item: Item): string[] {
  if (item.outcome !== 'imported') return [];
  return (item.notices ?? []).map(
    ({ code, path, message, action }) =>
      `${nameOf(item)} note: ${path}: ${message}. ${action} [${code}]`,
  );
}

function countsToText(counts: Counts): string {
  const nonZero = Object.entries(counts).filter(([, count]) => count > 0);
  return nonZero.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none';
}

/** A list of orders, or a Square API response that contains them. */
function readOrders(file: string): OrderFile {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readTextFile(file));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`expected orders as JSON in ${file}: ${found}`, { cause });
  }
  if (Array.isArray(parsed)) return { orders: parsed, pathOf: (index) => `/${index}` };
  const { orders, order } = (parsed ?? {}) as { orders?: unknown; order?: unknown };
  if (Array.isArray(orders)) return { orders, pathOf: (index) => `/orders/${index}` };
  if (order !== undefined) return { orders: [order], pathOf: () => '/order' };
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
