import type { StockEvent } from '../../../domain/inventory/events.ts';
import { perEvent } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { StockMovement } from './document.ts';

type Movement = Exclude<
  StockEvent,
  {
    type:
      | 'ReservationRenewed'
      | 'ReservationReleaseRepeated'
      | 'StockFellLow'
      | 'StockWentNegative'
      | 'LowStockThresholdSet'
      | 'StockPeriodOpened'
      | 'StockPeriodClosed';
  }
>;

const MOVEMENTS: ReadonlySet<string> = new Set<Movement['type']>([
  'StockReplenished',
  'StockAdjusted',
  'StockReserved',
  'ReservationReleased',
  'ReservationConfirmed',
  'StockTransferredOut',
  'StockTransferredIn',
]);

/** One document per movement, for ever: periods close, their movements stay. */
export const stockMovements: Projection<StockMovement, Movement> = {
  name: 'stock-movements',
  version: 1,
  collection: 'stock-movements',
  indexes: [
    { name: 'by_product', fields: ['productId', 'at'] },
    { name: 'by_place', fields: ['productId', 'locationId', 'at'] },
  ],
  ...perEvent<StockEvent>('stock', { ignores: ({ type }) => !MOVEMENTS.has(type) }),
  evolve(_, event) {
    const { productId, locationId, onHand, reserved } = event.data;
    const { recordedAt: at, metadata } = event;
    const place = { productId, locationId };
    return { ...place, ...moved(event), onHand, reserved, at, by: metadata.actor.id };
  },
};

type Change = Pick<StockMovement, 'kind' | 'change' | 'reservedChange' | 'reference'>;

function moved(event: Movement): Change {
  switch (event.type) {
    case 'StockReplenished': {
      const { quantity: change, reference } = event.data;
      const named = reference === undefined ? {} : { reference };
      return { kind: 'replenished', change, reservedChange: 0, ...named };
    }
    case 'StockAdjusted': {
      const { change, reason: reference } = event.data;
      return { kind: 'adjusted', change, reservedChange: 0, reference };
    }
    case 'StockReserved': {
      const { quantity: reservedChange, reservationId: reference } = event.data;
      return { kind: 'reserved', change: 0, reservedChange, reference };
    }
    case 'ReservationReleased': {
      const { quantity, reservationId: reference, reason } = event.data;
      const kind = reason === 'expired' ? 'expired' : 'released';
      return { kind, change: 0, reservedChange: -quantity, reference };
    }
    case 'ReservationConfirmed': {
      const { quantity, reservationId: reference } = event.data;
      return { kind: 'confirmed', change: -quantity, reservedChange: -quantity, reference };
    }
    case 'StockTransferredOut': {
      const { quantity, transferId: reference } = event.data;
      return { kind: 'transferred-out', change: -quantity, reservedChange: 0, reference };
    }
    case 'StockTransferredIn': {
      const { quantity: change, transferId: reference } = event.data;
      return { kind: 'transferred-in', change, reservedChange: 0, reference };
    }
  }
}
