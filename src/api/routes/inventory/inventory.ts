import { Type } from '@sinclair/typebox';

import { checkAvailability, placeAt } from '../../../commands/inventory/stock.ts';
import { LocationId, Units } from '../../../domain/inventory/index.ts';
import { Id, optional } from '../../../domain/kernel/schema.ts';
import { StockLevelSchema } from '../../../projections/inventory/levels/document.ts';
import { listStock, stockOf } from '../../../projections/inventory/levels/queries.ts';
import { StockMovementSchema } from '../../../projections/inventory/movements/document.ts';
import { listMovements } from '../../../projections/inventory/movements/queries.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import { tag } from './commands.ts';
import { atLocation, AvailabilityResponse, StockParams } from './schemas.ts';

const permission = 'inventory:read';

const ProductStock = Type.Object(
  {
    productId: Type.String(),
    onHand: Type.Integer({ description: 'In all places.' }),
    reserved: Type.Integer(),
    available: Type.Integer(),
    low: Type.Boolean({ description: 'It is low in at least one place.' }),
    locations: Type.Array(StockLevelSchema),
  },
  { $id: 'ProductStock' },
);

export const inventoryRoutes: readonly Route[] = [
  query({
    path: '/inventory',
    operationId: 'listInventory',
    summary: 'Stock by product and place',
    description: '`low=true` lists what is at or below its threshold, or below 0.',
    tag,
    permission,
    query: Type.Object({
      productId: optional(Id),
      locationId: optional(LocationId),
      low: optional(Type.Boolean()),
      ...pageQuery,
    }),
    response: pageOf(StockLevelSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listStock(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/inventory/:productId',
    operationId: 'getInventory',
    summary: 'Stock of one product, in all places',
    tag,
    permission,
    params: StockParams,
    response: ProductStock,
    errors: ['stock_not_found'],
    async read({ params: { productId }, reads }) {
      const locations = await stockOf(reads, productId);
      orNotFound(locations[0], 'stock_not_found', `stock of product ${productId}`);
      const sum = (field: 'onHand' | 'reserved' | 'available') =>
        locations.reduce((total, level) => total + level[field], 0);
      return {
        productId,
        onHand: sum('onHand'),
        reserved: sum('reserved'),
        available: sum('available'),
        low: locations.some(({ low }) => low),
        locations: [...locations],
      };
    },
  }),
  query({
    path: '/inventory/:productId/movements',
    operationId: 'listStockMovements',
    summary: 'Movements of a product, newest first',
    description: 'What is on hand is the sum of their changes.',
    tag,
    permission,
    params: StockParams,
    query: Type.Object({ locationId: optional(LocationId), ...pageQuery }),
    response: pageOf(StockMovementSchema),
    errors: ['stock_not_found'],
    async read({ params: { productId }, query: { locationId, ...page }, reads }) {
      const [level] = await stockOf(reads, productId);
      orNotFound(level, 'stock_not_found', `stock of product ${productId}`);
      return pageResponse(await listMovements(reads, productId, locationId, page));
    },
  }),
  query({
    path: '/inventory/:productId/availability',
    operationId: 'checkAvailability',
    summary: 'Whether a quantity could be reserved now',
    description:
      'Read from the log, so it is never behind. A product without stock-keeping is always available.',
    tag,
    permission,
    params: StockParams,
    query: Type.Object({ quantity: optional(Units), ...atLocation }),
    response: AvailabilityResponse,
    errors: ['product_not_found'],
    waits: false,
    async read({ params: { productId }, query: asked, caller }, { commands, clock }) {
      const { quantity = 1, locationId } = asked;
      const place = placeAt(productId, locationId ?? caller.branchId);
      const now = new Date(clock.now()).toISOString();
      const storeId = caller.shop.id;
      const found = await answered(() =>
        checkAvailability({ commands }, storeId, place, quantity, now),
      );
      return { ...place, quantity, ...found };
    },
  }),
];
