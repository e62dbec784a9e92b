import { formatInstant, parseInstant } from '../kernel/instant.ts';
import type { FactFlag } from './facts/events.ts';
import type { Fact } from './kinds/commands.ts';

const DAY_MS = 86_400_000;
/** Without any answer of the server before it, a fact is not taken to be older than this. */
export const MAX_OFFLINE_MS = 400 * DAY_MS;
/** Clocks that differ by less are not remarkable. */
export const CLOCK_TOLERANCE_MS = 120_000;

export interface FactTime {
  /** Between the last answer of the server before the fact, and the moment it was kept. */
  readonly atMs: number;
  /** The last answer of the server before the fact, or the earliest that is believed. */
  readonly notBeforeMs: number;
  readonly businessDay: string;
  readonly flags: readonly FactFlag[];
}

type Claims = Pick<Fact, 'occurredAt' | 'clock' | 'businessDay'>;

interface Kept {
  readonly keptAt: string;
  /** When its epoch began. */
  readonly openedAt?: string | undefined;
}

/**
 * Bounds of when a fact happened, by the clock of the server alone: its last answer before the
 * fact, and the moment it was kept.
 */
export function boundsOfFact(
  clock: Claims['clock'] | undefined,
  { keptAt, openedAt }: Kept,
): { readonly notBefore: number; readonly notAfter: number } {
  const notAfter = parseInstant(keptAt) ?? 0;
  const seen = [clock?.serverTime, openedAt].flatMap((text) => parseInstant(text ?? '') ?? []);
  const notBefore = Math.max(notAfter - MAX_OFFLINE_MS, ...seen.filter((ms) => ms <= notAfter));
  return { notBefore, notAfter };
}

/**
 * When a fact happened: what its device says, within the bounds that no clock can move (S8). A
 * device at 2099 or 1970 sells like any other, and gains nothing from it.
 */
export function timeOfFact(
  { occurredAt, clock, businessDay }: Claims,
  kept: Kept,
  businessDayAt: (atMs: number) => string,
): FactTime {
  const { notBefore: floorMs, notAfter: keptMs } = boundsOfFact(clock, kept);
  const claimedMs = (parseInstant(occurredAt) ?? keptMs) + (clock?.offsetMs ?? 0);
  const atMs = Math.min(Math.max(claimedMs, floorMs), keptMs);
  const flags: FactFlag[] = [];
  if (Math.abs(atMs - claimedMs) > CLOCK_TOLERANCE_MS) flags.push('clock-clamped');
  const isPossible = businessDay >= businessDayAt(floorMs) && businessDay <= businessDayAt(keptMs);
  const at = { atMs, notBeforeMs: floorMs };
  if (isPossible) return { ...at, businessDay, flags };
  return { ...at, businessDay: businessDayAt(atMs), flags: [...flags, 'business-day-corrected'] };
}

/** The time as events write it. */
export const instantOf = ({ atMs }: Pick<FactTime, 'atMs'>): string => formatInstant(atMs);
