import { productRoutes } from '../api/routes/catalog/products.ts';
import { ProductParams } from '../api/routes/catalog/schemas.ts';
import { historyEntity } from '../api/routes/history/entities.ts';
import {
  productDecider,
  type ProductEvent,
  productEvents,
  skuDecider,
  type SkuEvent,
  skuEvents,
} from '../domain/catalog/index.ts';
import { describeProductEvent, describeSkuEvent } from '../projections/catalog/describe.ts';
import { ProductSchema } from '../projections/catalog/products/document.ts';
import { productAsOf, products } from '../projections/catalog/products/projection.ts';
import { defineFeature } from './feature.ts';

export const catalog = defineFeature({
  name: 'catalog',
  deciders: [productDecider, skuDecider],
  events: {
    definitions: { ...productEvents.definitions, ...skuEvents.definitions },
    types: [...productEvents.types, ...skuEvents.types],
  },
  projections: [products],
  documents: { products: 'A product of the catalogue: `GET /products`, by id too.' },
  routes: productRoutes,
  descriptions: [
    { category: 'product', describe: (event) => describeProductEvent(event as ProductEvent) },
    { category: 'sku', describe: (event) => describeSkuEvent(event as SkuEvent) },
  ],
  timeTravel: [
    historyEntity({
      category: 'product',
      path: 'products',
      id: 'productId',
      noun: 'product',
      name: 'Product',
      article: 'A product',
      notFound: 'product_not_found',
      params: ProductParams,
      readModel: productAsOf,
      document: ProductSchema,
    }),
  ],
});
