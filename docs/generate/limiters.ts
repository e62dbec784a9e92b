import {
  isLimiterName,
  LIMITERS,
  type LimiterSettings,
} from '../../src/ports/rate-limit-definitions.ts';
import { code, table } from './markdown.ts';

/** The limiters with their defaults. */
export function limiterTable(): string {
  const rows = Object.keys(LIMITERS)
    .filter(isLimiterName)
    .map((name) => {
      const { algorithm, maxRequests, windowSizeMs, by, meaning } = LIMITERS[name];
      const { burstCapacity, refillRate }: LimiterSettings = LIMITERS[name];
      const bucket =
        burstCapacity === undefined ? '' : `, burst ${burstCapacity}, refill ${refillRate} per s`;
      const limit =
        maxRequests === 0 ? 'none' : `${maxRequests} per ${windowSizeMs / 1_000} s${bucket}`;
      return [code(name), by, code(algorithm), limit, meaning];
    });
  return table(['Limiter', 'Per', 'Algorithm', 'Default', 'Counts'], rows);
}
