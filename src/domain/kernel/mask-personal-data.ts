import type { CallerOrigin } from './event.ts';

/** How much of a value stays, by the name of its field. */
const MASKS: Readonly<Record<string, (text: string) => string>> = {
  name: maskName,
  firstName: maskName,
  lastName: maskName,
  email: maskEmail,
  phone: maskPhone,
  street: maskAddress,
  postalCode: maskAddress,
};

/**
 * Personal data as callers without the permission `personal-data:read` see it. Texts in fields
 * without a rule of their own show nothing.
 */
export function maskPersonalData(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return (MASKS[field] ?? maskAll)(value);
  if (Array.isArray(value)) return value.map((item) => maskPersonalData(item, field));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  return Object.fromEntries(fields.map(([name, item]) => [name, maskPersonalData(item, name)]));
}

/** The first character of each word; `(erased)` names no person and stays. */
export function maskName(name: string): string {
  if (name === '(erased)') return name;
  return name.replace(/\S+/gu, (word) => `${firstOf(word, 1)}***`);
}

/** The first two characters of the local part, and the domain. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 0) return maskAll(email);
  const local = Array.from(email.slice(0, at));
  return `${local.slice(0, 2).join('')}${'*'.repeat(Math.max(0, local.length - 2))}${email.slice(at)}`;
}

/** The last four digits; every other character becomes `*`. */
export function maskPhone(phone: string): string {
  let digits = (phone.match(/\d/g) ?? []).length;
  return phone.replace(/./gsu, (character) => {
    if (!/\d/.test(character)) return '*';
    digits -= 1;
    return digits < 4 ? character : '*';
  });
}

/** The first three characters of a street or a postal code. */
export function maskAddress(text: string): string {
  return `${firstOf(text, 3)}***`;
}

/** The network of the address, and the first word of the program; a session names no person. */
export function maskOrigin({ address, userAgent, ...rest }: CallerOrigin): CallerOrigin {
  return {
    ...rest,
    ...(address !== undefined && { address: maskNetworkAddress(address) }),
    ...(userAgent !== undefined && { userAgent: userAgent.replace(/[\s/].*$/s, ' ***') }),
  };
}

/** The first two numbers of an IPv4 address, the first two groups of an IPv6 address. */
export function maskNetworkAddress(address: string): string {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+)\.\d+\.\d+$/i.exec(address);
  if (ipv4) return `${ipv4[1]}.*.*`;
  return `${address.split(':').slice(0, 2).join(':')}:***`;
}

function maskAll(text: string): string {
  return text === '' ? '' : '***';
}

function firstOf(text: string, count: number): string {
  return Array.from(text).slice(0, count).join('');
}
