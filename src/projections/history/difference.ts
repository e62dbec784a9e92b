import { canonicalJson } from '../../domain/kernel/fingerprint.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';
import type { Change } from './document.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that differ between any two revisions and are no property of the entity. */
const IGNORED = new Set(['revision', 'updatedAt', 'at']);
const MAX_CHANGES = 500;

/** The differences between two documents of one entity, field by field, in words. */
export function describeChanges(before: object, after: object): Change[] {
  const [earlier, later] = [before as Fields, after as Fields];
  const { currency } = later as { currency: string };
  const changes: Change[] = [];
  compareFields(earlier, later, '', { currency, changes });
  return changes.slice(0, MAX_CHANGES);
}

interface Context {
  readonly currency: string;
  readonly changes: Change[];
}

function compareFields(before: Fields, after: Fields, path: string, context: Context): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (IGNORED.has(name)) continue;
    compare(before[name], after[name], path === '' ? name : `${path}.${name}`, context);
  }
}

function compare(before: unknown, after: unknown, path: string, context: Context): void {
  if (isFields(before) && isFields(after)) {
    compareFields(before, after, path, context);
    return;
  }
  if (isList(before) && isList(after)) {
    compareLists(before, after, path, context);
    return;
  }
  if (isSame(before, after)) return;
  const show = (value: unknown) => toText(value, path, context.currency);
  const label = labelOf(path);
  if (before === undefined) context.changes.push({ path, text: `${label}: ${show(after)}`, after });
  else if (after === undefined) {
    context.changes.push({ path, text: `${label}: no longer ${show(before)}`, before });
  } else {
    const text = `${label}: ${show(before)} became ${show(after)}`;
    context.changes.push({ path, text, before, after });
  }
}

/** Compares items by their ids, regardless of their order. */
function compareLists(
  before: readonly Fields[],
  after: readonly Fields[],
  path: string,
  context: Context,
): void {
  const earlier = byId(before);
  const later = byId(after);
  const show = (item: Fields) => toText(item, path, context.currency);
  for (const [id, item] of later) {
    const old = earlier.get(id);
    const itemPath = `${path}[${id}]`;
    if (old) compareFields(old, item, itemPath, context);
    else {
      const text = `${labelOf(path)}: added ${show(item)}`;
      context.changes.push({ path: itemPath, text, after: item });
    }
  }
  for (const [id, item] of earlier) {
    if (later.has(id)) continue;
    const text = `${labelOf(path)}: removed ${show(item)}`;
    context.changes.push({ path: `${path}[${id}]`, text, before: item });
  }
}

function byId(items: readonly Fields[]): Map<string, Fields> {
  return new Map(items.map((item, index) => [idOf(item) ?? String(index), item]));
}

function idOf(item: Fields): string | undefined {
  const [, id] = Object.entries(item).find(([name]) => name.endsWith('Id')) ?? [];
  return typeof id === 'string' ? id : undefined;
}

function toText(value: unknown, path: string, currency: string): string {
  if (value === null) return 'none';
  if (typeof value === 'number' && path.endsWith('Minor')) return formatMoney(value, currency);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (!isFields(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const parts = Object.entries(value)
    .filter(([, part]) => part !== 0 && (part === null || typeof part !== 'object'))
    .map(([name, part]) => `${wordsOf(name)} ${toText(part, name, currency)}`);
  return parts.join(', ');
}

/** `lines[goods].unitPriceMinor` becomes `lines goods unit price`. */
function labelOf(path: string): string {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map(wordsOf)
    .join(' ');
}

function wordsOf(name: string): string {
  if (!/^[a-z]+([A-Z][a-z]+)*$/.test(name)) return name;
  return name.replace(/Minor$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.every(isFields);
}

function isSame(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}
