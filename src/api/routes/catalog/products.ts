import { Type } from '@sinclair/typebox';

import { changeProduct, createProduct } from '../../../commands/catalog/products.ts';
import { productCommands, productDecider, STOCK_POLICIES } from '../../../domain/catalog/index.ts';
import { Id, MAX_MINOR, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { PopularProductSchema } from '../../../projections/catalog/popular-products/document.ts';
import {
  cachedPopularProducts,
  findPopularProducts,
  MAX_POPULAR,
} from '../../../projections/catalog/popular-products/queries.ts';
import {
  SEARCH_ORDERS,
  searchProducts,
} from '../../../projections/catalog/product-search/queries.ts';
import { ProductSchema } from '../../../projections/catalog/products/document.ts';
import {
  cachedProduct,
  findProduct,
  listProducts,
  PRODUCT_ORDERS,
} from '../../../projections/catalog/products/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writeResult } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { sequenceOf } from '../../sequence-of.ts';
import { productCommand, productResponse, tag } from './responses.ts';
import { ProductParams, ProductResponse } from './schemas.ts';

const SearchText = Type.String({ minLength: 1, maxLength: 200, description: 'What to look for.' });
const Price = Type.Integer({ minimum: 0, maximum: MAX_MINOR - 1 });

const productFilters = {
  categoryId: optional(Id),
  active: optional(Type.Boolean({ description: 'Only products that are, or are not, for sale.' })),
  stockPolicy: optional(oneOf(STOCK_POLICIES)),
  status: optional(oneOf(['live', 'deleted'], 'Products that are not deleted, by default.')),
  minPriceMinor: optional({ ...Price, description: 'Lowest general price, included.' }),
  maxPriceMinor: optional({ ...Price, description: 'Highest general price, included.' }),
};

const create = route({
  method: 'post',
  path: '/products',
  operationId: 'createProduct',
  summary: 'Add a product to the catalogue',
  tag,
  permission: 'products:manage',
  body: productCommands.schemas.CreateProduct,
  status: 201,
  response: ProductResponse,
  write: true,
  revisioned: true,
  located: true,
  example: {
    name: 'Flat white',
    description: 'Double shot with steamed milk',
    sku: 'COF-FW',
    currency: 'EUR',
    priceMinor: 350,
    branchPrices: [{ branchId: 'airport', priceMinor: 450 }],
    modifierGroups: [
      {
        groupId: 'milk',
        name: 'Milk',
        max: 1,
        options: [{ modifierId: 'oat', name: 'Oat milk', priceMinor: 50 }],
      },
    ],
    allergens: ['milk'],
    images: ['https://images.example.com/flat-white.jpg'],
    stockPolicy: 'tracked',
  },
  errors: ['unknown_currency', 'amount_out_of_range', 'sku_taken'],
  async handle(request, services) {
    const productId = request.newEntityId();
    const sequence = sequenceOf(request, services);
    const result = await createProduct(sequence, productId, request.body, (command) =>
      request.execute(productDecider, productId, command),
    );
    return {
      ...writeResult(201, result),
      location: `/products/${productId}`,
      body: productResponse(result),
    };
  },
});

const change = route({
  method: 'put',
  path: '/products/:productId',
  operationId: 'changeProduct',
  summary: 'Change fields of a product',
  description:
    'Fields that are absent stay as they are; `null` removes one. Orders keep the prices that they were placed at.',
  tag,
  permission: 'products:manage',
  params: ProductParams,
  body: productCommands.schemas.ChangeProduct,
  status: 200,
  response: ProductResponse,
  write: true,
  revisioned: true,
  example: { priceMinor: 380 },
  errors: ['product_not_found', 'product_deleted', 'sku_taken', 'amount_out_of_range'],
  async handle(request, services) {
    const sequence = sequenceOf(request, services);
    const { productId } = request.params;
    const result = await changeProduct(sequence, productId, request.body, (command) =>
      request.execute(productDecider, productId, command),
    );
    return { ...writeResult(200, result), body: productResponse(result) };
  },
});

export const productRoutes: readonly Route[] = [
  create,
  query({
    path: '/products',
    operationId: 'listProducts',
    summary: 'Products of the catalogue',
    tag,
    permission: 'products:read',
    query: Type.Object({
      ...productFilters,
      sort: optional(oneOf(PRODUCT_ORDERS, 'By name by default; a dash reverses the order.')),
      ...pageQuery,
    }),
    response: pageOf(ProductSchema),
    async read({ query: { limit, cursor, sort = 'name', ...filter }, reads }) {
      return pageResponse(await listProducts(reads, filter, sort, { limit, cursor }));
    },
  }),
  query({
    path: '/products/search',
    operationId: 'searchProducts',
    summary: 'Products by words of their name, description and sku',
    description:
      'Finds products that have, for each word of `q`, a word that begins with it, whatever its case and accents. A page may hold fewer products than asked for; continue while there is a nextCursor. Without `q` it lists all.',
    tag,
    permission: 'products:read',
    query: Type.Object({
      q: optional(SearchText),
      ...productFilters,
      sort: optional(oneOf(SEARCH_ORDERS, 'By the word that was found, by default.')),
      ...pageQuery,
    }),
    response: pageOf(ProductSchema),
    async read({ query: { q, limit, cursor, sort = 'relevance', ...filter }, reads, caller }) {
      const page = { limit, cursor };
      if (q === undefined) {
        const order = sort === 'relevance' ? 'name' : sort;
        return pageResponse(await listProducts(reads, filter, order, page));
      }
      const { id } = caller.shop;
      return pageResponse(await searchProducts(reads, id, q, filter, sort, page));
    },
  }),
  query({
    path: '/products/popular',
    operationId: 'listPopularProducts',
    summary: 'Products for sale that were ordered most often',
    description:
      'Counts the orders of this month and the last one, each product once an order. Without a position, orders of the last 30 s may not be counted yet.',
    tag,
    permission: 'products:read',
    query: Type.Object({
      limit: optional(
        Type.Integer({
          minimum: 1,
          maximum: MAX_POPULAR,
          description: 'Products; 20 when absent.',
        }),
      ),
    }),
    response: Type.Object({ items: Type.Array(PopularProductSchema) }),
    async read({ query: { limit = 20 }, reads, cached, caller }, { calendar, clock }) {
      const { id } = caller.shop;
      const day = calendar.businessDay(id, clock.now());
      const popular = await cached(cachedPopularProducts, [], () =>
        findPopularProducts(reads, id, day, MAX_POPULAR),
      );
      return { items: popular.slice(0, limit) };
    },
  }),
  query({
    path: '/products/:productId',
    operationId: 'getProduct',
    summary: 'One product, deleted ones too',
    tag,
    permission: 'products:read',
    params: ProductParams,
    response: ProductSchema,
    errors: ['product_not_found'],
    revision: ({ revision }) => revision,
    read: ({ params: { productId }, reads, cached, caller }) =>
      cached(cachedProduct, [productId], async () => {
        const product = await findProduct(reads, caller.shop.id, productId);
        return orNotFound(product, 'product_not_found', `product ${productId}`);
      }),
  }),
  change,
  productCommand('DeleteProduct', {
    method: 'delete',
    path: '/products/:productId',
    operationId: 'deleteProduct',
    summary: 'Delete a product, so that it can be restored',
    permission: 'products:manage',
    body: Type.Pick(productCommands.schemas.DeleteProduct, ['reason'], {
      additionalProperties: false,
    }),
    data: ({ body }) => body,
    example: { reason: 'No longer sold' },
    errors: ['product_not_found', 'product_deleted'],
  }),
  productCommand('RestoreProduct', {
    path: '/products/:productId/restore',
    operationId: 'restoreProduct',
    summary: 'Restore a deleted product',
    permission: 'products:manage',
    body: Type.Object({}, { additionalProperties: false }),
    data: () => ({}),
    example: {},
    errors: ['product_not_found', 'product_not_deleted'],
  }),
];
