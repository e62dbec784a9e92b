import { deliveryDecider, type PayoutContent } from '../../domain/deliveries/index.ts';
import type { Position } from '../../domain/kernel/position.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type {
  ProviderConnections,
  ProviderPayout,
  ProviderPayouts,
  ProviderResult,
} from '../../ports/provider-client.ts';
import { insist } from './read-provider.ts';
import { payoutPosting, requestPayout } from './request-posting.ts';

/** Payouts of one request; the next one goes on, for those that are known cost nothing. */
export const MAX_PAYOUTS = 200;
const MAX_PAGES = 100;
/** The money is at the bank, or on its way there. */
const MADE = ['SENT', 'PAID'];

export interface TakenPayouts {
  readonly foundCount: number;
  readonly requestedCount: number;
  /** Whether there are more than fit into one request. */
  readonly isComplete: boolean;
  readonly position?: Position;
}

interface TakeParts {
  readonly connections: ProviderConnections;
  readonly sequence: Sequence;
}

/** Has each payout of Square since then posted to the books, once for ever. */
export async function takePayouts(
  { connections, sequence }: TakeParts,
  sinceMs: number,
): Promise<ProviderResult<TakenPayouts>> {
  const { storeId } = sequence.context;
  const opened = await connections.open(storeId, 'square', 'low');
  if (opened.kind !== 'ok') return opened;
  const { payouts, sales } = opened.value.client;
  if (!payouts || !sales) return { kind: 'permanent', code: 'not_offered' };
  const locations = await insist(() => sales.locations());
  if (locations.kind !== 'ok') return locations;
  let [foundCount, requestedCount] = [0, 0];
  let position: Position | undefined;
  for (const location of locations.value) {
    const all = await allPayouts(payouts, location, sinceMs);
    if (all.kind !== 'ok') return all;
    for (const payout of all.value.filter(({ status }) => MADE.includes(status))) {
      foundCount += 1;
      if (requestedCount === MAX_PAYOUTS || (await isKnown(sequence, payout.id))) continue;
      const content = await contentOf(payouts, payout);
      if (content.kind !== 'ok') return content;
      ({ position } = await requestPayout(sequence, content.value));
      requestedCount += 1;
    }
  }
  const isComplete = requestedCount < MAX_PAYOUTS;
  const value = { foundCount, requestedCount, isComplete, ...(position && { position }) };
  return { kind: 'ok', value };
}

async function isKnown({ commands, context }: Sequence, payoutId: string): Promise<boolean> {
  const id = payoutPosting(payoutId);
  const { state } = await commands.load(deliveryDecider, context.storeId, id);
  return state.status !== 'none';
}

async function allPayouts(
  payouts: ProviderPayouts,
  location: string,
  sinceMs: number,
): Promise<ProviderResult<readonly ProviderPayout[]>> {
  const all: ProviderPayout[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await insist(() => payouts.list(location, sinceMs, cursor));
    if (result.kind !== 'ok') return result;
    all.push(...result.value.payouts);
    cursor = result.value.next;
    if (cursor === undefined) return { kind: 'ok', value: all };
  }
  return { kind: 'permanent', code: 'too_many_pages' };
}

/** What a payout is made of, as the sum of its entries. */
async function contentOf(
  payouts: ProviderPayouts,
  { id: payoutId, day, currency, totalMinor }: ProviderPayout,
): Promise<ProviderResult<PayoutContent>> {
  const sums = { grossMinor: 0, feeMinor: 0, otherMinor: 0 };
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await insist(() => payouts.entries(payoutId, cursor));
    if (result.kind !== 'ok') return result;
    for (const { isSale, grossMinor, feeMinor } of result.value.entries) {
      if (isSale) sums.grossMinor += grossMinor;
      else sums.otherMinor += grossMinor;
      sums.feeMinor += feeMinor;
    }
    cursor = result.value.next;
    if (cursor === undefined) {
      return { kind: 'ok', value: { payoutId, day, currency, ...sums, totalMinor } };
    }
  }
  return { kind: 'permanent', code: 'too_many_pages' };
}
