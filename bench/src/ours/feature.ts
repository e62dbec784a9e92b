import { Type, type TSchema } from '@sinclair/typebox';

import type { Command, Decider } from '../../../src/domain/kernel/decider.ts';
import type { EventType } from '../../../src/domain/kernel/event-types.ts';
import { documentKey, partsOf, streamName } from '../../../src/domain/kernel/names.ts';
import { defineFeature, type Feature } from '../../../src/features/feature.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import { decideEvent, STORE_ID, type BenchCommand, type BenchEvent } from '../inputs/events.ts';
import { foldOrder, type OrderDocument } from '../inputs/fold.ts';

const closed = { additionalProperties: false };
const text = Type.String({ maxLength: 500 });
const minor = Type.Integer();
const common = { orderId: text, currency: text, businessDay: text };

const opened = Type.Object(
  {
    ...common,
    customer: Type.Object({ id: text, name: text, segment: text }, closed),
    channel: text,
    terminal: Type.Object({ id: text, location: text, operator: text }, closed),
    note: text,
  },
  closed,
);

const lineAdded = Type.Object(
  {
    ...common,
    lineId: text,
    product: Type.Object({ id: text, sku: text, name: text }, closed),
    quantity: Type.Integer({ minimum: 1 }),
    unitPriceMinor: minor,
    modifiers: Type.Array(Type.Object({ name: text, priceMinor: minor }, closed)),
    note: text,
    totalMinor: minor,
  },
  closed,
);

const orderClosed = Type.Object(
  {
    ...common,
    reason: text,
    payment: Type.Object({ method: text, amountMinor: minor, ref: text }, closed),
    receipt: Type.Object({ number: text, text }, closed),
  },
  closed,
);

const declare = (type: BenchEvent['type'], schema: TSchema): EventType => ({
  type,
  version: 1,
  schema,
});

interface State {
  readonly status: 'none' | 'open' | 'closed';
  readonly lines: number;
  readonly totalMinor: number;
}

/** The rules of the bench's orders: as little as there can be, so that the engine is what is measured. */
export const benchDecider: Decider<State, BenchCommand & Command, BenchEvent> = {
  category: 'order',
  version: 1,
  initialState: { status: 'none', lines: 0, totalMinor: 0 },
  decide: (command, _state, { entityId }) => [decideEvent(entityId, command)],
  evolve(state, event) {
    switch (event.type) {
      case 'BenchOrderOpened':
        return { ...state, status: 'open' };
      case 'BenchLineAdded': {
        const totalMinor = state.totalMinor + event.data.totalMinor;
        return { ...state, lines: state.lines + 1, totalMinor };
      }
      case 'BenchOrderClosed':
        return { ...state, status: 'closed' };
    }
  },
};

/** One document per stream, by the fold that the floor and the peer run as well. */
export const benchProjection: Projection<OrderDocument> = {
  name: 'bench-orders',
  version: 1,
  collection: 'bench_orders',
  indexes: [],
  categories: ['order'],
  keys: (event) => [documentKey(event.metadata.storeId, ...partsOf(event.stream).parts)],
  evolve: (document, event) =>
    foldOrder(document, event as unknown as BenchEvent, event.recordedAt),
  streamOf: (key) => streamName('order', STORE_ID, ...partsOf(key).parts),
};

/** What the product's features are made of, with or without the read model. */
export function benchFeature(projections: readonly Projection<OrderDocument>[]): Feature {
  const types = [
    declare('BenchOrderOpened', opened),
    declare('BenchLineAdded', lineAdded),
    declare('BenchOrderClosed', orderClosed),
  ];
  return defineFeature({
    name: 'bench-orders',
    deciders: [{ category: 'order' }],
    events: { definitions: {}, types },
    projections,
  });
}
