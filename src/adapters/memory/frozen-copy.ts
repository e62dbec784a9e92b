/**
 * A frozen copy of what JSON would keep of a value, in one pass instead of a text and three more:
 * it shares no reference with the caller, and changing it throws. Undefined fields are left out.
 * @throws TypeError for a value without JSON (a bigint)
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
      // JSON has neither minus zero nor infinite numbers.
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
  // Not with `map`, which skips holes.
  for (let i = 0; i < items.length; i++) copy.push(copyOf(items[i], String(i)) ?? null);
  return Object.freeze(copy);
}

function copyOfFields(fields: Record<string, unknown>): unknown {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const part = copyOf(fields[key], key);
    if (part === undefined) continue;
    // An assignment would replace the copy's prototype.
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
