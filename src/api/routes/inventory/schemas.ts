import { Type } from '@sinclair/typebox';

import { LocationId, stockCommands, Units } from '../../../domain/inventory/index.ts';
import { described, Id, optional, strict } from '../../../domain/kernel/schema.ts';
import { written } from '../../schemas.ts';

export const StockParams = Type.Object({ productId: Id });
export const ReservationParams = Type.Object({ productId: Id, reservationId: Id });

export const atLocation = {
  locationId: optional(
    described(LocationId, 'Where the goods are; the branch of the request, or `main`, by default.'),
  ),
};

const { Replenish, Adjust, Reserve, SetThreshold } = stockCommands.schemas;

export const ReplenishBody = strict({ ...Replenish.properties, ...atLocation });
export const AdjustBody = strict({ ...Adjust.properties, ...atLocation });
export const ReserveBody = strict({
  ...Reserve.properties,
  reservationId: optional(
    described(Id, 'An id of your own, such as that of the order; by default the Idempotency-Key.'),
  ),
  ...atLocation,
});
export const EndReservationBody = strict({ ...atLocation });
export const TransferBody = strict({
  fromLocationId: described(LocationId, 'Where the goods leave.'),
  toLocationId: described(LocationId, 'Where they arrive.'),
  quantity: Units,
});
export const ThresholdBody = strict({ ...SetThreshold.properties, ...atLocation });

const stock = {
  stockId: Type.String({ description: 'The stream of the stock: period, location and product.' }),
  productId: Type.String(),
  locationId: Type.String(),
  onHand: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
  threshold: optional(Type.Integer()),
  ...written,
};

/** The stock right after the command, also when the command is repeated later. */
export const StockResponse = Type.Object(stock, { $id: 'StockResponse' });

export const ReservationResponse = Type.Object(
  {
    ...stock,
    reservation: Type.Object({
      reservationId: Type.String(),
      quantity: Type.Integer(),
      expiresAt: Type.String(),
    }),
  },
  { $id: 'ReservationResponse' },
);

export const AvailabilityResponse = Type.Object(
  {
    productId: Type.String(),
    locationId: Type.String(),
    quantity: Type.Integer({ description: 'As asked for.' }),
    tracked: Type.Boolean({ description: 'False where no stock is kept of the product.' }),
    onHand: Type.Integer(),
    reserved: Type.Integer(),
    available: Type.Integer(),
    sufficient: Type.Boolean({ description: 'Whether that quantity could be reserved now.' }),
  },
  { $id: 'Availability' },
);
