import type { StockEvent } from '../../domain/inventory/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

/** What an event of a stock means, in one plain sentence. */
export function describeStockEvent(event: StockEvent | CommandRefused): string {
  switch (event.type) {
    case 'StockReplenished': {
      const { quantity, reference, onHand } = event.data;
      const from = reference === undefined ? '' : ` (${reference})`;
      return `${units(quantity)} came in${from}, ${onHand} on hand`;
    }
    case 'StockAdjusted': {
      const { change, reason, onHand } = event.data;
      return `Corrected by ${change} to ${onHand} on hand: ${reason}`;
    }
    case 'StockReserved': {
      const { quantity, reservationId, expiresAt } = event.data;
      return `Reserved ${units(quantity)} for ${reservationId} until ${expiresAt}`;
    }
    case 'ReservationRenewed': {
      const { reservationId, expiresAt } = event.data;
      return `The reservation ${reservationId} holds until ${expiresAt}`;
    }
    case 'ReservationReleased': {
      const { quantity, reservationId, reason } = event.data;
      const why = reason === 'expired' ? 'its time was over' : 'it was cancelled';
      return `Released ${units(quantity)} of ${reservationId}: ${why}`;
    }
    case 'ReservationReleaseRepeated':
      return `The reservation ${event.data.reservationId} had been released before`;
    case 'ReservationConfirmed': {
      const { quantity, reservationId, onHand } = event.data;
      return `${units(quantity)} of ${reservationId} left, ${onHand} on hand`;
    }
    case 'StockTransferredOut': {
      const { quantity, toLocationId, onHand } = event.data;
      return `${units(quantity)} left for ${toLocationId}, ${onHand} on hand`;
    }
    case 'StockTransferredIn': {
      const { quantity, fromLocationId, onHand } = event.data;
      return `${units(quantity)} came from ${fromLocationId}, ${onHand} on hand`;
    }
    case 'LowStockThresholdSet': {
      const { threshold } = event.data;
      return threshold === undefined
        ? 'The threshold of low stock was removed'
        : `Low stock begins at ${units(threshold)}`;
    }
    case 'StockFellLow':
      return `Low stock: ${units(event.data.available)} available`;
    case 'StockWentNegative':
      return `Negative stock: ${units(event.data.available)} available`;
    case 'StockPeriodClosed':
      return `Period ${event.data.period} closed with ${units(event.data.onHand)} on hand`;
    case 'StockPeriodOpened':
      return `Period ${event.data.period} opened with ${units(event.data.onHand)} on hand`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

function units(count: number): string {
  return count === 1 ? '1 unit' : `${count} units`;
}
