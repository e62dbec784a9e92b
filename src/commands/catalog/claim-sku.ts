import { productDecider, skuDecider, skuKey, taken } from '../../domain/catalog/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { msBetween } from '../../domain/kernel/instant.ts';
import { RefusedError } from '../../engine/commands/command-engine.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';

/**
 * A claim this old belongs to a request that has ended: no request lasts as long, so what the
 * product does not use by then was left by an instance that stopped between claim and use.
 */
const UNUSED_AFTER_MS = 600_000;

/**
 * Gives the sku to the product, before the product is stored with it. Takes over a claim that
 * another product left unused.
 * @throws DomainError sku_taken, with the product that has it.
 */
export async function claimSku(
  sequence: Sequence,
  sku: string,
  productId: string,
  step = 'sku',
): Promise<void> {
  const { commands, context } = sequence;
  const data = { sku, productId };
  const entityId = skuKey(sku);
  try {
    const command = { type: 'ClaimSku', data } as const;
    const id = stepId(sequence, `${step} of ${productId}`);
    const { repeated } = await dispatch(sequence, id, skuDecider, entityId, command);
    if (!repeated) return;
    // It may have been taken over meanwhile.
    const { state } = await commands.load(skuDecider, context.storeId, entityId);
    if (state.productId !== null && state.productId !== productId) {
      throw taken(sku, state.productId);
    }
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'sku_taken') throw error;
    const holder = await unusedBy(sequence, sku);
    if (holder === undefined) throw currentRefusal(error);
    const command = { type: 'TakeOverSku', data: { ...data, from: holder } } as const;
    const id = stepId(sequence, `${step} of ${productId} from ${holder}`);
    await dispatch(sequence, id, skuDecider, entityId, command);
  }
}

/** The same refusal without its position: it is no decision about the product. */
function currentRefusal({ code, message, details }: RefusedError): DomainError {
  return new DomainError(code, message, details);
}

/** The product that claimed the sku long ago and does not have it. */
async function unusedBy({ commands, context }: Sequence, sku: string) {
  const { storeId } = context;
  const key = skuKey(sku);
  const { state } = await commands.load(skuDecider, storeId, key);
  const { productId, claimedAt } = state;
  if (productId === null || claimedAt === null) return undefined;
  if (msBetween(claimedAt, context.now) < UNUSED_AFTER_MS) return undefined;
  const { state: product } = await commands.load(productDecider, storeId, productId);
  const used = product.status !== 'none' && product.sku !== undefined;
  return used && skuKey(product.sku) === key ? undefined : productId;
}

/** Frees a sku that the product had, unless it has it again. */
export async function releaseSku(
  sequence: Sequence,
  sku: string,
  productId: string,
): Promise<void> {
  const { commands, context } = sequence;
  const key = skuKey(sku);
  const { state } = await commands.load(productDecider, context.storeId, productId);
  if (state.status !== 'none' && state.sku !== undefined && skuKey(state.sku) === key) return;
  const command = { type: 'ReleaseSku', data: { sku, productId } } as const;
  await dispatch(sequence, stepId(sequence, `release by ${productId}`), skuDecider, key, command);
}
