/* eslint-disable no-restricted-globals -- reads no clock: it computes with times that are given */

/** The time that much later, in UTC. Both are written as RFC 3339 writes them. */
export function plusMs(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}

/** Milliseconds from one time to another; below 0 when the second is earlier. */
export function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
