import type { ProductResult } from '../../../commands/catalog/products.ts';
import { productCommands, productDecider } from '../../../domain/catalog/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { commandRoutes } from '../../command.ts';
import { writtenAt } from '../../responses.ts';
import { ProductResponse } from './schemas.ts';

export const tag = 'Products';

/** The product right after a command. Nothing here comes from a read model (K3). */
export function productResponse(result: ProductResult) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('a product after its command');
  return { ...state, ...writtenAt(result) };
}

/** Operations that run one command of a product. */
export const productCommand = commandRoutes({
  tag,
  decider: productDecider,
  commands: productCommands,
  id: 'productId',
  response: ProductResponse,
  respond: productResponse,
});
