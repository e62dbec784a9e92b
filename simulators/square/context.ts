import { createHash } from 'node:crypto';

import { type Fields, fieldsOf, textOf } from '../shared/fields.ts';
import { createHeld, type Held } from '../shared/held.ts';
import { createReplies, type Replies } from '../shared/replies.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import { invalid } from './errors.ts';
import { createGrants, type Grants } from './grants.ts';

export interface SquareOptions {
  readonly merchantId: string;
  readonly locationId: string;
  readonly currency: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A token that has every scope and never expires. */
  readonly accessToken: string;
  readonly now: () => number;
  /** Sends an event to the subscribed address. */
  readonly event: (type: string, data: EventData) => void;
}

export interface EventData {
  readonly type: string;
  readonly id: string;
  readonly object: Fields;
}

export type Thing = Fields & { readonly id: string };

/** What the operations of the provider share. */
export interface Context extends Omit<SquareOptions, 'now'> {
  readonly orders: Held<Thing>;
  readonly payments: Held<Thing>;
  readonly refunds: Held<Thing>;
  readonly catalog: Held<Thing>;
  readonly payouts: Held<Thing>;
  readonly grants: Grants;
  readonly replies: Replies;
  readonly nowMs: () => number;
  /** As the provider writes it. */
  readonly now: () => string;
  readonly newId: (kind: string) => string;
  readonly setStale: (value: boolean) => void;
}

export function createContext(options: SquareOptions): Context {
  const { now: nowMs, ...rest } = options;
  let isStale = false;
  let ids = 0;
  const stale = () => isStale;
  return {
    ...rest,
    nowMs,
    orders: createHeld(stale),
    payments: createHeld(stale),
    refunds: createHeld(stale),
    catalog: createHeld(stale),
    payouts: createHeld(stale),
    grants: createGrants(options),
    replies: createReplies(),
    now: () => new Date(nowMs()).toISOString(),
    newId(kind) {
      ids += 1;
      const seed = `${options.merchantId} ${kind} ${ids}`;
      return createHash('sha256')
        .update(seed)
        .digest('base64url')
        .replaceAll(/\W/g, '')
        .slice(0, 28);
    },
    setStale(value) {
      isStale = value;
    },
  };
}

/** Carries a write out once for each key and operation. */
export function onceByKey(
  { replies }: Context,
  operation: string,
  { body }: SimRequest,
  carryOut: () => SimReply,
): SimReply {
  const key = textOf(fieldsOf(body)['idempotency_key']);
  if (key === undefined) return carryOut();
  const reply = replies.once(`${operation} ${key}`, body, carryOut);
  if (reply !== 'other body') return reply;
  const detail = 'The idempotency key has already been used with a different request.';
  return invalid('IDEMPOTENCY_KEY_REUSED', detail, 'idempotency_key');
}

interface Page {
  readonly items: readonly Thing[];
  readonly cursor?: string;
}

/** A page of a list. A cursor belongs to its query: with another one it is refused. */
export function pageOf(
  all: readonly Thing[],
  limit: number,
  cursor: string | undefined,
  query: unknown,
): Page | undefined {
  const mark = createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 8);
  const [given, start = '0'] = cursor?.split('.') ?? [mark];
  const offset = Number(start);
  if (given !== mark || !Number.isSafeInteger(offset)) return undefined;
  const items = all.slice(offset, offset + limit);
  const next = offset + items.length;
  return { items, ...(next < all.length && { cursor: `${mark}.${next}` }) };
}
