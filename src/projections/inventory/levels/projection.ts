import type { StockEvent } from '../../../domain/inventory/events.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { StockLevel, StoredLevel } from './document.ts';

type Event = StockEvent | CommandRefused;
type Levels = Pick<StockLevel, 'onHand' | 'reserved' | 'reservations' | 'threshold'>;

/** One document per period of a stock; that of a closed period goes, the next one takes over. */
export const stockLevels: Projection<StoredLevel, Event> = {
  name: 'stock-levels',
  version: 1,
  collection: 'stock-levels',
  indexes: [
    { name: 'by_place', fields: ['place'] },
    { name: 'by_product', fields: ['productId', 'place'] },
    { name: 'by_location', fields: ['locationId', 'place'] },
    { name: 'by_low', fields: ['lowText', 'place'] },
  ],
  ...perEntity('stock'),
  evolve(level, event, key) {
    const next = change(level, event, key);
    return next && { ...next, lowText: next.low ? 'yes' : 'no', place: placeText(next) };
  },
};

/** The stock as people see it, for its past moments. */
export const stockAsOf: Projection<StockLevel, Event> = {
  ...stockLevels,
  evolve: (level, event, key) => change(level, event, key),
};

export function asLevel({ lowText: _l, place: _p, ...level }: StoredLevel): StockLevel {
  return level;
}

export function placeText({ productId, locationId }: Pick<StockLevel, 'productId' | 'locationId'>) {
  return `${productId} ${locationId}`;
}

function change(
  level: StockLevel | undefined,
  event: RecordedEvent & Event,
  key: string,
): StockLevel | undefined {
  const { revision, recordedAt: updatedAt } = event;
  if (event.type === 'CommandRefused') return level && { ...level, revision };
  if (event.type === 'StockPeriodClosed') return undefined;
  const { productId, locationId } = event.data;
  const levels = levelsAfter(level ?? { onHand: 0, reserved: 0, reservations: 0 }, event);
  const { onHand, reserved, threshold } = levels;
  const available = onHand - reserved;
  const low = available < 0 || (threshold !== undefined && available <= threshold);
  const stockId = partsOf(key).parts[0] ?? '';
  return { stockId, productId, locationId, revision, ...levels, available, low, updatedAt };
}

function levelsAfter(before: Levels, event: StockEvent): Levels {
  const { reservations, threshold } = before;
  const kept = threshold === undefined ? {} : { threshold };
  switch (event.type) {
    case 'StockFellLow':
    case 'StockWentNegative':
      return levelsOf(before, reservations, kept);
    case 'LowStockThresholdSet': {
      const { threshold: set } = event.data;
      return levelsOf(before, reservations, set === undefined ? {} : { threshold: set });
    }
    case 'StockPeriodOpened':
    case 'StockPeriodClosed': {
      const { threshold: carried, reservations: held } = event.data;
      return levelsOf(event.data, held.length, carried === undefined ? {} : { threshold: carried });
    }
    case 'StockReserved':
      return levelsOf(event.data, reservations + 1, kept);
    case 'ReservationReleased':
    case 'ReservationConfirmed':
      return levelsOf(event.data, reservations - 1, kept);
    default:
      return levelsOf(event.data, reservations, kept);
  }
}

function levelsOf(
  { onHand, reserved }: Pick<Levels, 'onHand' | 'reserved'>,
  reservations: number,
  threshold: Pick<Levels, 'threshold'>,
): Levels {
  return { onHand, reserved, reservations, ...threshold };
}
