import { categoryRoutes } from '../api/routes/catalog/categories.ts';
import { productImportRoutes } from '../api/routes/catalog/imports.ts';
import { productRoutes } from '../api/routes/catalog/products.ts';
import { ProductParams } from '../api/routes/catalog/schemas.ts';
import { historyEntity } from '../api/routes/history/entities.ts';
import {
  categoryDecider,
  type CategoryEvent,
  categoryEvents,
  productDecider,
  type ProductEvent,
  productEvents,
  skuDecider,
  type SkuEvent,
  skuEvents,
} from '../domain/catalog/index.ts';
import { categoryCascades } from '../processes/catalog/category-cascades.ts';
import { categories } from '../projections/catalog/categories/projection.ts';
import {
  describeCategoryEvent,
  describeProductEvent,
  describeSkuEvent,
} from '../projections/catalog/describe.ts';
import { popularProducts } from '../projections/catalog/popular-products/projection.ts';
import { cachedPopularProducts } from '../projections/catalog/popular-products/queries.ts';
import { productSearch } from '../projections/catalog/product-search/projection.ts';
import { ProductSchema } from '../projections/catalog/products/document.ts';
import { productAsOf, products } from '../projections/catalog/products/projection.ts';
import { cachedProduct } from '../projections/catalog/products/queries.ts';
import { defineFeature } from './feature.ts';

export const catalog = defineFeature({
  name: 'catalog',
  deciders: [productDecider, categoryDecider, skuDecider],
  events: {
    definitions: {
      ...productEvents.definitions,
      ...categoryEvents.definitions,
      ...skuEvents.definitions,
    },
    types: [...productEvents.types, ...categoryEvents.types, ...skuEvents.types],
  },
  projections: [products, productSearch, categories, popularProducts],
  documents: {
    categories: 'A category of products: `GET /categories`.',
    'popular-products': 'How often a product was ordered in a month: `GET /products/popular`.',
    products: 'A product of the catalogue: `GET /products`, by id too.',
    'product-search': 'A word by which a product is found: `GET /products/search`.',
  },
  cachedReads: [cachedProduct, cachedPopularProducts],
  processes: [categoryCascades],
  routes: [...productRoutes, ...categoryRoutes, ...productImportRoutes],
  descriptions: [
    { category: 'product', describe: (event) => describeProductEvent(event as ProductEvent) },
    { category: 'category', describe: (event) => describeCategoryEvent(event as CategoryEvent) },
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
