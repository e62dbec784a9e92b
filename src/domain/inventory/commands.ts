import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { described, Id, oneOf, optional, strict, Text } from '../kernel/schema.ts';
import { LocationId, MAX_UNITS, RELEASE_REASONS, stockEvents, Threshold, Units } from './events.ts';

/** A reservation holds at most a day: longer ones are orders to a supplier. */
export const MAX_RESERVED_SECONDS = 86_400;
/** Longer than an order takes to be paid. */
export const RESERVED_SECONDS = 900;

const transferId = described(Id, 'The transfer; the same in both places.');

export const stockCommands = defineCommands({
  Replenish: strict({ quantity: Units, reference: optional(Text) }),
  Adjust: strict({
    change: Type.Integer({
      minimum: -MAX_UNITS,
      maximum: MAX_UNITS,
      description: 'Whole units to add; below 0: to take away; not 0.',
    }),
    reason: Text,
  }),
  Reserve: strict({
    reservationId: Id,
    quantity: Units,
    expiresInSeconds: optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_RESERVED_SECONDS,
        description: `How long it holds; ${RESERVED_SECONDS} s by default.`,
      }),
    ),
  }),
  /** Has a reservation hold so long from now on; one that holds longer is left as it is. */
  Renew: strict({
    reservationId: Id,
    expiresInSeconds: Type.Integer({ minimum: 1, maximum: MAX_RESERVED_SECONDS }),
  }),
  /** Releases reservations whose time is over, up to a number, as other commands do by the way. */
  ReleaseExpired: strict({}),
  /** `expired`: by the time limit, and only once that is over. */
  Release: strict({ reservationId: Id, reason: oneOf(RELEASE_REASONS) }),
  Confirm: strict({ reservationId: Id }),
  TransferOut: strict({ transferId, toLocationId: LocationId, quantity: Units }),
  TransferIn: strict({ transferId, fromLocationId: LocationId, quantity: Units }),
  /** `null` removes it. */
  SetThreshold: strict({ threshold: Type.Union([Threshold, Type.Null()]) }),
  ClosePeriod: strict({}),
  OpenPeriod: stockEvents.definitions.StockPeriodOpened,
});

export type StockCommand = CommandOf<typeof stockCommands>;
