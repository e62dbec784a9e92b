import { createCsvParser } from '../../lib/csv.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { ApiClient } from '../api-client.ts';

export interface ReportOptions {
  readonly client: Pick<ApiClient, 'getText'>;
  readonly out: (text: string) => void;
  readonly now: () => Date;
}

/** What of a series is reported, and as of which moment; default all of it, as of now. */
export interface Reported {
  readonly seriesId: string;
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Place of the number in a record, from 0. */
const NUMBER = 1;
const MAX_RECORD_LENGTH = 1_000_000;

/**
 * Prints the report of a series for an inspector, page by page as one document. All pages are of
 * one moment, so that the same log and moment give the same bytes. @throws CliError, ServerError
 */
export async function printReport(options: ReportOptions, reported: Reported): Promise<void> {
  const { client, out, now } = options;
  const { seriesId, at = now().toISOString(), to } = reported;
  const path = `/fiscal/series/${encodeURIComponent(seriesId)}/report`;
  let from = reported.from;
  let head = 'yes';
  for (;;) {
    const query = new URLSearchParams(omitUndefined({ at, from, to, head }));
    const page = await client.getText(`${path}?${query.toString()}`);
    out(page);
    const last = lastNumber(page);
    // An empty page: there is no number from there on.
    if (last === undefined) return;
    from = String(last + 1);
    head = 'no';
    if (to !== undefined && last >= Number(to)) return;
  }
}

/** A remark can hold line ends, so that the records are read as CSV. */
function lastNumber(page: string): number | undefined {
  const parser = createCsvParser({ separator: ',', maxRecordLength: MAX_RECORD_LENGTH });
  const last = [...parser.push(page), ...parser.end()].at(-1);
  const number = Number(last?.cells[NUMBER]);
  return Number.isInteger(number) ? number : undefined;
}
