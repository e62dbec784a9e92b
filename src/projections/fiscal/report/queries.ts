import type { Fate } from '../../../domain/fiscal/numbers/events.ts';
import { instantMs } from '../../../domain/kernel/instant.ts';
import type { FiscalNumberDocument } from '../numbers/document.ts';

const COLUMNS = [
  ...['series', 'number', 'fate', 'document', 'device', 'epoch', 'seq', 'cashier'],
  ...['claimedAt', 'occurredAt', 'receivedAt', 'rangeFrom', 'rangeTo', 'hash', 'remark'],
];

/** What is known of a number at a moment: one that is held for too long is unaccounted for. */
export function fateAt({ fate, expiresAt }: FiscalNumberDocument, at: string): Fate {
  if (fate !== 'held' || expiresAt === undefined) return fate;
  return instantMs(expiresAt) <= instantMs(at) ? 'unaccounted' : fate;
}

/** What an inspector has to know beside the fate. */
function remarkOf({ documents, changes }: FiscalNumberDocument): string {
  const [, ...others] = documents;
  const also = others.map(({ documentId, deviceId }) => `also ${documentId} at ${deviceId}`);
  const known = changes
    .filter(({ reason }) => reason !== undefined)
    .map(({ fate, by, at, reason = '' }) => `${fate} ${at} by ${by}: ${reason}`);
  return [...known, ...also].join('; ');
}

/** RFC 4180, and no text that a table program could take for a formula. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const reportHead = (): string => `${COLUMNS.join(',')}\r\n`;

/** One line of the report: made of the number's events and the moment alone. */
export function reportLine(number: FiscalNumberDocument, at: string): string {
  const [issued] = number.documents;
  const { deviceId, epoch } = issued ?? number;
  const cells = [
    ...[number.seriesId, number.number, fateAt(number, at), issued?.documentId],
    ...[deviceId, epoch, issued?.seq, issued?.cashier],
    ...[issued?.claimedAt, issued?.occurredAt, issued?.keptAt],
    ...[number.rangeFrom, number.rangeTo, issued?.hash, remarkOf(number)],
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}
