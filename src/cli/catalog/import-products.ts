import type { ApiClient } from '../api-client.ts';
import { createProgress } from '../progress.ts';
import { CHUNK_PAUSE_MS, sendChunk } from '../send-chunk.ts';
import { chunksOf, type ItemChunk, withoutDuplicates } from './chunks.ts';
import { type CsvForm, csvSource } from './csv-source.ts';
import {
  describeItem,
  type FileItem,
  hasFailed,
  inFile,
  notSent,
  type SentReport,
} from './import-report.ts';
import { jsonSource, readJsonFile } from './json-source.ts';
import type { SourceItem } from './source.ts';

export interface ProductImportOptions {
  readonly file: string;
  readonly client: ApiClient;
  /** How a CSV file is written. */
  readonly csv: CsvForm;
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

const PATH = '/imports/products';

/**
 * Sends the products of a file to a server in parts, and reports what became of each. The file is
 * read in pieces, and a failed item is printed with its part, so that memory has a limit. What an
 * earlier, interrupted run has done is reported as repeated.
 * @returns the exit code: 1 when a product was refused or invalid.
 * @throws CliError, ServerError
 */
export async function importProducts(options: ProductImportOptions): Promise<number> {
  const { client, json, out, err, terminal, pauseMs = CHUNK_PAUSE_MS } = options;
  const { source, related, isSquare } = await openSource(options);
  const counts = new Map<string, number>();
  const progress = createProgress(err, terminal);
  let failed = 0;
  let count = 0;
  if (json) out('{"items":[');
  for await (const chunk of chunksOf(source, related)) {
    const items = await send(client, chunk, { isSquare, pauseMs });
    for (const item of items) {
      counts.set(item.outcome, (counts.get(item.outcome) ?? 0) + 1);
      if (hasFailed(item)) failed += 1;
      if (json) out(`${count > 0 ? ',' : ''}${JSON.stringify(item)}`);
      else for (const line of describeItem(item)) out(`${line}\n`);
      count += 1;
    }
    progress.show(`${count} products: ${countsToText(counts)}`);
  }
  progress.end();
  if (json) out(`],"counts":${JSON.stringify(Object.fromEntries(counts))}}\n`);
  else out(`${count} product${count === 1 ? '' : 's'}: ${countsToText(counts)}\n`);
  return failed > 0 ? 1 : 0;
}

async function openSource({ file, csv }: ProductImportOptions) {
  if (/\.(csv|tsv|txt)$/i.test(file)) {
    const source = withoutDuplicates(csvSource(file, csv));
    return { source, related: new Map<string, SourceItem>(), isSquare: false };
  }
  const { isSquare, related } = await readJsonFile(file);
  const all = jsonSource(file);
  return { source: isSquare ? all : withoutDuplicates(all), related, isSquare };
}

interface Sending {
  readonly isSquare: boolean;
  readonly pauseMs: number;
}

/** What became of the items of a part, in the order of the file. */
async function send(
  client: ApiClient,
  { items, related }: ItemChunk,
  { isSquare, pauseMs }: Sending,
): Promise<FileItem[]> {
  const good = items.filter(({ problem }) => !problem);
  const values = good.map(({ value }) => value);
  const body = isSquare
    ? { objects: values, related_objects: related.map(({ value }) => value) }
    : { products: values };
  const report =
    good.length === 0
      ? { counts: {}, items: [] }
      : await sendChunk<SentReport>(client, { path: PATH, body }, pauseMs);
  const done = inFile(report, { items: good, related });
  const byName = new Map<string, FileItem[]>();
  for (const item of done) byName.set(item.name, [...(byName.get(item.name) ?? []), item]);
  return items.flatMap((item) => (item.problem ? [notSent(item)] : (byName.get(item.name) ?? [])));
}

function countsToText(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none';
}
