export { categoryDecider, type CategoryState } from './category.ts';
export * from './commands.ts';
export * from './events.ts';
export { priceAt } from './prices.ts';
export {
  newProduct,
  type Product,
  productDecider,
  type ProductState,
  withChanges,
} from './product.ts';
export { skuDecider, skuKey, taken } from './sku.ts';
