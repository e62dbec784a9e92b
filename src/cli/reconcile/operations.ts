import { randomUUID } from 'node:crypto';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type ApiClient, rejection } from '../api-client.ts';
import { readBody } from '../read-api.ts';

export interface ReconcileOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

export interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly toleranceMinor?: string | undefined;
  readonly items?: string | undefined;
}

interface Sum {
  readonly count: number;
  readonly totalMinor: number;
}

interface DayRow {
  readonly day: string;
  readonly location: string;
  readonly square: Sum | null;
  readonly tillstream: Sum;
  readonly quickbooks: Sum | null;
}

interface Row {
  readonly squareOrderId: string | null;
  readonly orderId?: string;
  readonly refundId?: string;
  readonly correctionId?: string;
  readonly day: string;
  readonly squareAmountMinor: number | null;
  readonly amountMinor: number | null;
  readonly qbAmountMinor: number | null;
  readonly varianceMinor: number;
  readonly cause: string;
  readonly command: string;
}

interface Source {
  readonly isRead: boolean;
  readonly code?: string;
}

/** Prints the sums side by side, and what differs. @throws CliError, ServerError */
export async function showReconciliation(
  { client, json, out }: ReconcileOptions,
  range: Range,
): Promise<void> {
  const query = new URLSearchParams(omitUndefined({ ...range })).toString();
  const body = await readBody(client, `/reconciliation?${query}`);
  if (json) {
    out(`${JSON.stringify(body)}\n`);
    return;
  }
  for (const name of ['square', 'quickbooks']) {
    const { isRead, code } = body[name] as Source;
    if (!isRead) out(`${name} was not read: ${String(code)}\n`);
  }
  for (const each of body['items'] as readonly DayRow[]) out(dayLine(each));
  const rows = body['rows'] as readonly Row[];
  for (const row of rows) out(rowLines(row));
  const left = Number(body['rowsLeft']);
  if (left > 0) out(`${left} more\n`);
  if (rows.length === 0) out(`no differences in ${String(body['comparedCount'])} compared\n`);
}

const sumText = (sum: Sum | null) =>
  sum === null ? 'not read' : `${sum.totalMinor} in ${sum.count}`;

function dayLine({ day, location, square, tillstream, quickbooks }: DayRow): string {
  const systems = `square ${sumText(square)}, here ${sumText(tillstream)}`;
  return `${[day, location].join(' ').trim()}: ${systems}, quickbooks ${sumText(quickbooks)}\n`;
}

function rowLines(row: Row): string {
  const { squareOrderId, orderId = '', refundId, correctionId } = row;
  const { day, varianceMinor, cause, command } = row;
  const correction = correctionId === undefined ? '' : ` correction ${correctionId}`;
  const name =
    refundId === undefined ? `${squareOrderId ?? orderId}${correction}` : `refund ${refundId}`;
  const amounts = [row.squareAmountMinor, row.amountMinor, row.qbAmountMinor].map(
    (each) => each ?? '-',
  );
  return `${day} ${name} ${cause}: ${amounts.join(' / ')}, off by ${varianceMinor}\n  ${command}\n`;
}

/** Has the books brought to one right document. @throws CliError, ServerError */
export async function settleSale(
  { client, json, out }: ReconcileOptions,
  sale: {
    readonly orderId: string;
    readonly refundId?: string | undefined;
    readonly correctionId?: string | undefined;
    readonly documents: readonly { readonly entity: string; readonly id: string }[];
  },
): Promise<void> {
  const { orderId, ...rest } = sale;
  const path = `/orders/${encodeURIComponent(orderId)}/books/settle`;
  const response = await client.post(path, { key: randomUUID(), body: omitUndefined(rest) });
  if (response.status >= 300) throw rejection(response);
  const text = `tillstream deliveries show ${String(response.body['deliveryId'])}`;
  out(json ? `${JSON.stringify(response.body)}\n` : `requested; see ${text}\n`);
}

/** Takes a sale over from Square. @throws CliError, ServerError */
export async function importSale(
  { client, json, out }: ReconcileOptions,
  squareOrderId: string,
): Promise<void> {
  const path = `/reconciliation/import/${encodeURIComponent(squareOrderId)}`;
  const response = await client.post(path, { key: randomUUID() });
  if (response.status >= 300) throw rejection(response);
  const { outcome, reason = '' } = response.body;
  const text = `${String(outcome)} ${String(reason)}`.trim();
  out(json ? `${JSON.stringify(response.body)}\n` : `${text}\n`);
}
