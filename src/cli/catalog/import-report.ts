import { columnOfField } from './columns.ts';
import type { SourceItem } from './source.ts';

/** What the server reports about an item of a request. */
interface SentItem {
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: string;
  readonly productId?: string;
  readonly code?: string;
  readonly path?: string;
  readonly reason?: string;
  readonly action?: string;
  readonly notices?: readonly SentNotice[];
}

interface SentNotice {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly action: string;
}

export interface SentReport {
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly SentItem[];
}

/** What became of a product of a file. */
export interface FileItem {
  /** `row 5`, `product 3`. */
  readonly name: string;
  readonly row?: number;
  readonly sourceId?: string;
  readonly outcome: string;
  readonly productId?: string;
  readonly code?: string;
  /** The column of a CSV file, or the JSON pointer into a JSON file. */
  readonly field?: string;
  readonly reason?: string;
  readonly action?: string;
  readonly notices?: readonly (Omit<SentNotice, 'path'> & { readonly field: string })[];
}

const PLACE = /^\/(objects|related_objects|products)\/(\d+)/;

interface SentLists {
  readonly items: readonly SourceItem[];
  readonly related: readonly SourceItem[];
}

/** The items of a report with their places in the file. */
export function inFile({ items }: SentReport, sent: SentLists): FileItem[] {
  return items.map(({ index, path, reason, notices, ...item }) => {
    const source = sent.items[index];
    const name = source?.name ?? `item ${index + 1}`;
    const own = path !== undefined && reason?.startsWith(`${path}: `);
    return {
      name,
      ...(source?.row !== undefined && { row: source.row }),
      ...item,
      ...(path !== undefined && { field: fieldOf(path, sent) }),
      ...(reason !== undefined && { reason: own ? reason.slice(path.length + 2) : reason }),
      ...(notices && {
        notices: notices.map(({ path: at, ...notice }) => ({
          ...notice,
          field: fieldOf(at, sent),
        })),
      }),
    };
  });
}

/** A pointer into the request as one into the file, or as the name of a column. */
function fieldOf(path: string, { items, related }: SentLists): string {
  const [place = '', list, index] = PLACE.exec(path) ?? [];
  const source = (list === 'related_objects' ? related : items)[Number(index)];
  const rest = path.slice(place.length);
  if (!source) return path;
  if (source.path !== undefined) return `${source.path}${rest}`;
  return columnOfField(rest.split('/')[1] ?? '');
}

/** An item that is not sent, as its form is wrong. */
export function notSent({ name, row, path, problem }: SourceItem): FileItem {
  const { code = 'invalid_product', field = '', message = '' } = problem ?? {};
  return {
    name,
    ...(row !== undefined && { row }),
    outcome: 'invalid',
    code,
    field: path === undefined ? field : `${path}${field === '' ? '' : `/${field}`}`,
    reason: message,
    action: 'Correct the field, and import it again.',
  };
}

const FAILED: readonly string[] = ['refused', 'invalid'];
const SILENT: readonly string[] = ['imported', 'changed', 'repeated'];

export function hasFailed({ outcome }: FileItem): boolean {
  return FAILED.includes(outcome);
}

/** Lines about what was not imported as it stands. */
export function describeItem(item: FileItem): string[] {
  const { name, sourceId, outcome, code, field = '', reason = '', action = '' } = item;
  const about = `${name}${sourceId === undefined ? '' : ` (${sourceId})`}`;
  const at = (place: string) => (place === '' ? '' : `${place}: `);
  const lines = (item.notices ?? [])
    .filter(() => outcome === 'imported' || outcome === 'changed')
    .map(
      (notice) =>
        `${about} note: ${at(notice.field)}${notice.message}. ${notice.action} [${notice.code}]`,
    );
  if (SILENT.includes(outcome)) return lines;
  return [`${about} ${outcome}: ${at(field)}${reason}. ${action} [${code ?? ''}]`, ...lines];
}
