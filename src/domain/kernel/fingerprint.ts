/**
 * JSON with the keys of every object sorted and absent values left out: equal data, equal text
 * (S10).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      text += `${text === '' ? '' : ','}${canonicalJson(item ?? null)}`;
    }
    return `[${text}]`;
  }
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const HASH_LENGTH = 11;

/** A whole number of up to 53 bits in base 36, which `toString(36)` writes ten times as slowly. */
function base36(value: number): string {
  let text = '';
  for (let rest = value; text.length < HASH_LENGTH;) {
    const above = Math.floor(rest / 36);
    text = DIGITS.charAt(rest - above * 36) + text;
    rest = above;
  }
  return text;
}

/**
 * A 53-bit mix of a text, as 11 characters of base 36. Two lanes of 32 bits with the multipliers
 * of MurmurHash3's finaliser. It distinguishes what an honest client sends; it is no signature.
 */
export function shortHash(text: string): string {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ c, 0x1b873593);
    b = (b << 13) | (b >>> 19);
  }
  a = Math.imul(a ^ (b >>> 16), 0x85ebca6b);
  b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35);
  a ^= b >>> 16;
  return base36((b >>> 0) * 0x200000 + ((a >>> 0) & 0x1fffff));
}

/** One short hash per top-level field of a command. */
export function fieldHashes(command: { type: string; data: unknown }): Record<string, string> {
  const hashes = new Map([['type', shortHash(command.type)]]);
  for (const [name, value] of Object.entries(command.data ?? {})) {
    if (value === undefined) continue;
    // A field may be called `type` as well; its hash must then distinguish the commands too.
    const hashed: unknown = name === 'type' ? [command.type, value] : value;
    hashes.set(name, shortHash(canonicalJson(hashed)));
  }
  // Not by assignment: that would lose a field called `__proto__`.
  return Object.fromEntries(hashes);
}

/** The fields in which two commands differ, in alphabetical order; empty when they are the same. */
export function differingFields(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).sort();
}
