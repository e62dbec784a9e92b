import type { ReleaseReason } from './events.ts';

/** How a reservation ended. */
export type ReservationEnd = 'confirmed' | ReleaseReason;

/**
 * How the reservations of a period ended, in buckets by their ids. A state is never changed, and a
 * period has thousands of them: one more copies its bucket and not all of them.
 */
export type EndedReservations = Readonly<Record<number, Readonly<Record<string, ReservationEnd>>>>;

const BUCKETS = 128;

function bucketOf(reservationId: string): number {
  let hash = 0;
  for (let i = 0; i < reservationId.length; i++) {
    hash = (Math.imul(hash, 31) + reservationId.charCodeAt(i)) | 0;
  }
  return Math.abs(hash % BUCKETS);
}

/** Undefined for one that did not end in this period. */
export function endOf(ended: EndedReservations, reservationId: string): ReservationEnd | undefined {
  const bucket = ended[bucketOf(reservationId)];
  return bucket && Object.hasOwn(bucket, reservationId) ? bucket[reservationId] : undefined;
}

export function withEnd(
  ended: EndedReservations,
  reservationId: string,
  end: ReservationEnd,
): EndedReservations {
  const bucket = bucketOf(reservationId);
  return { ...ended, [bucket]: { ...ended[bucket], [reservationId]: end } };
}
