import { Type } from '@sinclair/typebox';

import { historyEntity } from '../api/routes/history/entities.ts';
import { stockCommandRoutes } from '../api/routes/inventory/commands.ts';
import { inventoryRoutes } from '../api/routes/inventory/inventory.ts';
import { stockDecider, type StockEvent, stockEvents } from '../domain/inventory/index.ts';
import { Id } from '../domain/kernel/schema.ts';
import { reservationExpiry } from '../processes/inventory/reservation-expiry.ts';
import { stockTransfers } from '../processes/inventory/stock-transfers.ts';
import { describeStockEvent } from '../projections/inventory/describe.ts';
import { StockLevelSchema } from '../projections/inventory/levels/document.ts';
import { stockAsOf, stockLevels } from '../projections/inventory/levels/projection.ts';
import { stockMovements } from '../projections/inventory/movements/projection.ts';
import { defineFeature } from './feature.ts';

export const inventory = defineFeature({
  name: 'inventory',
  deciders: [stockDecider],
  events: stockEvents,
  projections: [stockLevels, stockMovements],
  documents: {
    'stock-levels': 'The stock of a product in one place: `GET /inventory`.',
    'stock-movements': 'A movement of a stock: `GET /inventory/:productId/movements`.',
  },
  processes: [stockTransfers, reservationExpiry],
  routes: [...stockCommandRoutes, ...inventoryRoutes],
  descriptions: [
    { category: 'stock', describe: (event) => describeStockEvent(event as StockEvent) },
  ],
  timeTravel: [
    historyEntity({
      category: 'stock',
      path: 'stock',
      id: 'stockId',
      noun: 'stock',
      name: 'Stock',
      article: 'The stock of a product in one place',
      notFound: 'stock_not_found',
      params: Type.Object({ stockId: Id }),
      readModel: stockAsOf,
      document: StockLevelSchema,
    }),
  ],
});
