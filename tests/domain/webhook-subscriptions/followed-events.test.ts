import { KindGuard, type TSchema } from '@sinclair/typebox';

import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { MAX_ID_LENGTH } from '../../../src/domain/kernel/schema.ts';
import {
  FOLLOWED_EVENT_NAMES,
  FOLLOWED_EVENTS,
  followedBody,
  followedName,
} from '../../../src/domain/webhook-subscriptions/index.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import { categoriesOf } from '../../../src/features/feature.ts';
import { features } from '../../../src/features/index.ts';

const types = eventTypesOf(features);
const recorded = (type: string, data: object) =>
  ({
    ...{ id: 'event-1', type, data, stream: 'order-a.o-1', revision: 3 },
    ...{ recordedAt: '2026-12-01T09:00:00.000Z', metadata: { storeId: 'a' } },
  }) as unknown as RecordedEvent;

/** Whether its values can hold what a person wrote: texts, names, or lists of them. */
function isFree(schema: TSchema): boolean {
  if (KindGuard.IsArray(schema)) return isFree(schema.items);
  if (KindGuard.IsObject(schema)) return Object.values(schema.properties).some(isFree);
  if (KindGuard.IsUnion(schema)) return schema.anyOf.some(isFree);
  if (!KindGuard.IsString(schema)) return false;
  if (schema.format === 'date' || schema.pattern !== undefined) return false;
  return (schema.maxLength ?? Infinity) > MAX_ID_LENGTH;
}

describe.each(FOLLOWED_EVENT_NAMES)('The event %s', (name) => {
  const { type, category, fields } = FOLLOWED_EVENTS[name];

  it('sends fields that its event has, and none that a person writes', () => {
    const definition = types.get(type);
    const schema = definition?.schema as TSchema;
    expect(categoriesOf(features)).toContain(category);
    expect(KindGuard.IsObject(schema)).toBe(true);
    const properties = (schema as unknown as { properties: Record<string, TSchema> }).properties;
    expect(fields.filter((field) => !properties[field])).toEqual([]);
    expect(fields.filter((field) => isFree(properties[field] as TSchema))).toEqual([]);
    expect(fields).not.toContain('personal');
  });
});

describe('The body of a webhook', () => {
  it('holds what is listed, and nothing else', () => {
    const body = followedBody(
      'order.placed',
      recorded('OrderPlaced', {
        ...{ orderId: 'o-1', businessDay: '2026-12-01', currency: 'USD', note: 'for Marta' },
        ...{ totals: { totalMinor: 500 }, lines: [{ name: 'Tea' }], personal: { name: 'Marta' } },
      }),
    );
    expect(JSON.parse(body)).toEqual({
      ...{ type: 'order.placed', timestamp: '2026-12-01T09:00:00.000Z' },
      data: {
        ...{ eventId: 'event-1', storeId: 'a', revision: 3, orderId: 'o-1' },
        ...{ businessDay: '2026-12-01', currency: 'USD', totals: { totalMinor: 500 } },
      },
    });
  });

  it('leaves out a listed field that holds something else than one value', () => {
    const data = { orderId: { name: 'Marta' }, totals: { totalMinor: 5, note: 'Marta' } };
    expect(followedBody('order.placed', recorded('OrderPlaced', data))).not.toContain('Marta');
  });

  it('is of no event that is not followed', () => {
    expect(followedName({ type: 'UserPasswordChanged' })).toBeUndefined();
    expect(followedName({ type: 'OrderPlaced' })).toBe('order.placed');
  });
});
