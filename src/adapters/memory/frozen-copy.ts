/**
 * What JSON would keep of a value, frozen, in one pass instead of a text and three: nobody shares a
 * reference with it, and whoever changes it is found out. Fields that are undefined are left out.
 * @throws TypeError for what has no JSON at all (a bigint)
 */
export function frozenCopy<T>(value: T): T {
  return copyOf(value, '') as T;
}

function copyOf(value: unknown, key: string): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has neither a minus zero nor what is not finite.
      return Number.isFinite(value) ? value + 0 : null;
    case 'object':
      break;
    case 'bigint':
      throw new TypeError('expected a value that JSON has, found a bigint');
    default:
      return undefined;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return copyOfItems(value);
  if (hasJson(value)) return copyOf(value.toJSON(key), key);
  return copyOfFields(value as Record<string, unknown>);
}

function copyOfItems(items: readonly unknown[]): unknown {
  const copy: unknown[] = [];
  // Not by `map`, which leaves out what an array lacks.
  for (let i = 0; i < items.length; i++) copy.push(copyOf(items[i], String(i)) ?? null);
  return Object.freeze(copy);
}

function copyOfFields(fields: Record<string, unknown>): unknown {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const part = copyOf(fields[key], key);
    if (part === undefined) continue;
    // Assigned, this one would change what the copy inherits.
    if (key === '__proto__') define(copy, key, part);
    else copy[key] = part;
  }
  return Object.freeze(copy);
}

function define(copy: object, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
}

function hasJson(value: object): value is { toJSON(key: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
