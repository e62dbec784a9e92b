import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import { described, eventData, Id, Instant, oneOf, strict, Text } from '../kernel/schema.ts';

/** Where goods are kept without a location of their own. */
export const MAIN_LOCATION = 'main';

/** Most units of one product in one place. Sums of two of them are exact integers. */
export const MAX_UNITS = 1_000_000_000;
/** Reservations of one product in one place at a time. */
export const MAX_RESERVATIONS = 2_000;
/**
 * Reservations that one decision releases because their time is over: what is appended together has
 * a largest size.
 */
export const MAX_RELEASES = 400;
/**
 * Events of one period: after that many, the stock goes on in another stream. With what a command
 * releases, and what others decide before the close, it stays below the limit of a stream.
 */
export const PERIOD_EVENTS = 8_000;

/** Why a reservation was released: its time was over, or an order did not need it. */
export const RELEASE_REASONS = ['cancelled', 'expired'] as const;
export type ReleaseReason = (typeof RELEASE_REASONS)[number];

export const LocationId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'Where the goods are: a branch, a warehouse.',
});
export const Units = Type.Integer({
  minimum: 1,
  maximum: MAX_UNITS,
  description: 'Whole units of the product, above 0.',
});
const Level = (description: string) =>
  Type.Integer({ minimum: -MAX_UNITS, maximum: MAX_UNITS, description });
const Period = Type.Integer({
  minimum: 1,
  description: 'Which stream of this stock it is, counted from 1.',
});
export const Threshold = Type.Integer({
  minimum: 0,
  maximum: MAX_UNITS,
  description: 'Available units at which, and below which, the stock is low.',
});

const about = {
  productId: described(Id, 'The product.'),
  locationId: described(LocationId, 'Where the goods are.'),
};
/** Available = on hand - reserved. */
const levels = {
  onHand: Level('Units that are there after this event.'),
  reserved: Level('Units of them that are reserved after this event.'),
};
const quantity = described(Units, 'Whole units.');
const reservationId = described(Id, 'The reservation.');
const transferId = described(Id, 'The transfer; the same in both places.');

const Reservation = strict({
  reservationId: Id,
  quantity: Units,
  expiresAt: Instant,
});

const carried = {
  ...about,
  ...levels,
  period: Period,
  reservations: Type.Array(Reservation, {
    maxItems: MAX_RESERVATIONS,
    description: 'Reservations that go on.',
  }),
  threshold: Type.Optional(described(Threshold, 'Available units at which the stock is low.')),
};

export const stockEvents = defineEvents({
  StockReplenished: eventData('Goods came in.', {
    ...about,
    quantity,
    reference: Type.Optional(described(Text, 'Delivery note, purchase order.')),
    ...levels,
  }),
  StockAdjusted: eventData('The stock was corrected, after a count or a loss.', {
    ...about,
    change: Level('Units added; below 0: taken away.'),
    reason: described(Text, 'Why, in words.'),
    ...levels,
  }),
  StockReserved: eventData('Units were reserved until a time.', {
    ...about,
    reservationId,
    quantity,
    expiresAt: described(Instant, 'From this moment on it no longer holds, in UTC.'),
    ...levels,
  }),
  ReservationRenewed: eventData('A reservation holds longer than it did.', {
    ...about,
    reservationId,
    expiresAt: described(Instant, 'From this moment on it no longer holds, in UTC.'),
    ...levels,
  }),
  ReservationReleased: eventData('A reservation ended; its units are available again.', {
    ...about,
    reservationId,
    quantity,
    reason: oneOf(RELEASE_REASONS, 'Why it ended.'),
    ...levels,
  }),
  ReservationReleaseRepeated: eventData(
    'A release was asked for of a reservation that was released before: nothing changed.',
    { ...about, reservationId, ...levels },
  ),
  ReservationConfirmed: eventData('Reserved units left the stock.', {
    ...about,
    reservationId,
    quantity,
    ...levels,
  }),
  StockTransferredOut: eventData('Units left for another place.', {
    ...about,
    transferId,
    toLocationId: described(LocationId, 'Where they go.'),
    quantity,
    ...levels,
  }),
  StockTransferredIn: eventData('Units came from another place.', {
    ...about,
    transferId,
    fromLocationId: described(LocationId, 'Where they came from.'),
    quantity,
    ...levels,
  }),
  LowStockThresholdSet: eventData('The threshold of low stock was set or removed.', {
    ...about,
    threshold: Type.Optional(described(Threshold, 'Available units at which the stock is low.')),
  }),
  StockFellLow: eventData('Alert: no more units are available than the threshold says.', {
    ...about,
    available: Level('Units that are available.'),
    threshold: described(Threshold, 'The threshold.'),
  }),
  StockWentNegative: eventData('Alert: more units are reserved or gone than there were.', {
    ...about,
    available: Level('Units that are available, below 0.'),
  }),
  StockPeriodClosed: eventData('The stock goes on in the stream of the next period.', carried),
  StockPeriodOpened: eventData('The stock of the period before goes on here.', carried),
});

export type Reservation = Static<typeof Reservation>;
export type StockEvent = EventOf<typeof stockEvents>;
export type StockPeriod = EventOf<typeof stockEvents, 'StockPeriodClosed'>['data'];
