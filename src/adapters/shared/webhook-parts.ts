import { isUtf8 } from 'node:buffer';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { TillstreamError } from '../../domain/kernel/errors.ts';

/** Longest ids and types of providers that are taken. */
const MAX_ID = 200;
const MAX_TYPE = 100;

export type Json = Readonly<Record<string, unknown>>;

export function malformed(expected: string): TillstreamError {
  return new TillstreamError('webhook_malformed', `expected ${expected}`);
}

/**
 * Whether a signature has exactly the expected digits. Digests of both are compared, so that the
 * time says nothing about how far a guess was right.
 */
export function isSame(expected: Buffer, found: string, encoding: 'hex' | 'base64'): boolean {
  const digestOf = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digestOf(expected.toString(encoding)), digestOf(found));
}

export function hmacSha256(secret: string, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function textOf(body: Uint8Array): string {
  if (!isUtf8(body)) throw malformed('a body in UTF-8');
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** @throws TillstreamError webhook_malformed. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(body)) as unknown;
  } catch (error) {
    if (error instanceof TillstreamError) throw error;
    throw malformed('a body that is JSON');
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TillstreamError webhook_malformed. */
export function objectIn(value: unknown, name: string): Json {
  if (isObject(value)) return value;
  throw malformed(`${name} to be an object`);
}

/** A text or number of a provider as an id. @throws TillstreamError webhook_malformed. */
export function idIn(fields: Json, name: string): string {
  const id = optionalId(fields[name]);
  if (id !== undefined) return id;
  throw malformed(`${name} to be an id of 1 to ${MAX_ID} characters`);
}

export function optionalId(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= MAX_ID ? text : undefined;
}

/** @throws TillstreamError webhook_malformed. */
export function typeIn(fields: Json, name: string): string {
  const type = fields[name];
  if (typeof type === 'string' && /^[\w./-]+$/.test(type) && type.length <= MAX_TYPE) return type;
  throw malformed(`${name} to be a type of 1 to ${MAX_TYPE} characters`);
}

/** UTC, as `Date.toISOString` writes it; undefined for what is no time. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const ms = typeof value === 'number' ? value * 1_000 : Date.parse(value);
  const isTime = Number.isFinite(ms) && ms >= 0 && ms < Date.parse('9999-01-01');
  return isTime ? new Date(ms).toISOString() : undefined;
}
