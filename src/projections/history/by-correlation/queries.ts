import type { Reads } from '../../../engine/projections/reads.ts';
import type { Correlation } from './document.ts';
import { correlationKey, CORRELATIONS } from './projection.ts';

/** What is known of a correlation id of this shop. */
export async function findCorrelation(
  reads: Reads,
  storeId: string,
  correlationId: string,
): Promise<Correlation | undefined> {
  const key = correlationKey(storeId, correlationId);
  return (await reads.get<Correlation>(CORRELATIONS, key))?.body;
}
