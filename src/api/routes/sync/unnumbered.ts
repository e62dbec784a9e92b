import { Type } from '@sinclair/typebox';

import { Id, strict } from '../../../domain/kernel/schema.ts';
import { MAX_PUSH_FACTS, SyncDeviceId } from '../../../domain/sync/index.ts';

/** A push of older tills, which number nothing: a fact is known by its id alone. */
export const UnnumberedBody = strict(
  {
    store_id: Id,
    device_id: SyncDeviceId,
    events: Type.Array(Type.Unknown(), {
      description: `With \`event_id\`, \`type\`, \`payload\`, \`created_at\` and, if known, \`actor_user_id\`; at most ${MAX_PUSH_FACTS}.`,
    }),
  },
  { description: 'The form of tills that do not number their facts.' },
);
export type UnnumberedBody = typeof UnnumberedBody.static;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same fields under other names; those that are not listed keep theirs. */
function renamed(fields: Fields, names: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, v]) => [names[name] ?? name, v]));
}

const SALE = { sale_id: 'orderId', items: 'lines', total_minor: 'totalMinor' };
const LINE = { product_id: 'productId', qty: 'quantity', unit_price_minor: 'unitPriceMinor' };

function lineOf(item: unknown): unknown {
  if (!isFields(item)) return item;
  const line = renamed(item, LINE);
  const { quantity } = line;
  return typeof quantity === 'number' ? { ...line, quantity: String(quantity) } : line;
}

/** A sale as such tills write it, in our words. What is in our words already stays. */
function dataOf(type: unknown, payload: unknown): unknown {
  if (type !== 'SaleCreated' || !isFields(payload)) return payload;
  const { totals, ...sale } = payload;
  const data = renamed({ ...sale, ...(isFields(totals) && totals) }, SALE);
  const { lines } = data;
  return Array.isArray(lines) ? { ...data, lines: (lines as unknown[]).map(lineOf) } : data;
}

/** An event of such a till as a fact without number and hash; anything else as it came. */
export function unnumberedFact(
  event: unknown,
  deviceId: string,
  businessDayAt: (atMs: number) => string,
): unknown {
  if (!isFields(event)) return event;
  const { event_id: id, type, payload, created_at: createdAt, actor_user_id: actor } = event;
  const atMs = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
  if (Number.isNaN(atMs)) return event;
  const { device_id: author = deviceId } = event;
  return {
    ...{ v: 1, id, type, schema: 1, deviceId: author },
    occurredAt: new Date(atMs).toISOString(),
    businessDay: businessDayAt(atMs),
    actor: { id: typeof actor === 'string' && actor !== '' ? actor : 'unknown' },
    data: dataOf(type, payload),
  };
}
