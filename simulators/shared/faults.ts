import { createRandom } from '../prng.ts';

/**
 * `status`: refused with that status before anything is done. `html`: a page of a proxy. `error-200`:
 * an error with status 200. `lost-before`, `lost-after`: the connection is cut before or after the
 * request was carried out. `truncated`: carried out, and the response ends too early. `slow`: late.
 * `stale`: a read shows what was before the newest change.
 */
export const FAULT_KINDS = [
  ...(['status', 'html', 'error-200', 'lost-before', 'lost-after', 'truncated', 'slow'] as const),
  'stale',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Requests that it is for; absent: any. */
  readonly method?: string;
  /** The path must begin with it. */
  readonly path?: string;
  /** How many requests; default 1. */
  readonly times?: number;
  readonly status?: number;
  readonly retryAfterS?: number;
  readonly delayMs?: number;
}

/** Faults by chance, in the same course for the same seed. */
export interface FaultRates {
  readonly seed: number;
  /** Share of the requests that meet a fault. */
  readonly rate: number;
  readonly kinds: readonly FaultKind[];
}

const NO_RATES: FaultRates = { seed: 1, rate: 0, kinds: ['status', 'lost-before', 'lost-after'] };
/** Planned faults that wait for their requests. */
const MAX_PLANNED = 1_000;

/** The faults that requests meet: planned ones first, then by chance. */
export function createFaults() {
  let planned: Fault[] = [];
  let rates = NO_RATES;
  let random = createRandom(rates.seed);

  return {
    plan(faults: readonly Fault[]): void {
      const each = faults.flatMap((fault) => Array.from({ length: fault.times ?? 1 }, () => fault));
      planned = [...planned, ...each].slice(0, MAX_PLANNED);
    },
    /** Forgets what was planned. */
    clear(): void {
      planned = [];
    },
    setRates(changes: Partial<FaultRates>): void {
      rates = { ...rates, ...changes };
      random = createRandom(rates.seed);
    },
    report: () => ({ planned, rates }),
    next(method: string, path: string): Fault | undefined {
      const index = planned.findIndex(
        (fault) => (fault.method ?? method) === method && path.startsWith(fault.path ?? '/'),
      );
      if (index >= 0) return planned.splice(index, 1)[0];
      if (rates.rate === 0 || random() >= rates.rate) return undefined;
      const kind = rates.kinds[Math.floor(random() * rates.kinds.length)];
      return kind && { kind };
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;
