import { Type } from '@sinclair/typebox';

import { FiscalNumber, SeriesId } from '../../fiscal/series/events.ts';
import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import {
  Currency,
  Day,
  described,
  Id,
  Instant,
  Minor,
  Name,
  oneOf,
  optional,
  Positive,
  strict,
  Text,
} from '../../kernel/schema.ts';
import { orderCommands } from '../../orders/commands.ts';
import { Entity, EntityChanges } from '../entities/events.ts';
import { Epoch, FactId, FactType, Hash, MAX_BLOCKERS, Seq, SyncDeviceId } from '../facts/events.ts';

const { fulfilment: _f, paymentMethod: _m, ...sale } = orderCommands.schemas.PlaceOrder.properties;
const { method, tipMinor, tenderedMinor, reference, drawerId } =
  orderCommands.schemas.RecordPayment.properties;

/** Payments that one sale holds. */
const MAX_SALE_PAYMENTS = 50;
const MAX_VERSION = 1_000;

const payment = {
  paymentId: described(
    FactId,
    'Identifies the attempt to pay: it counts once, however often sent.',
  ),
  method,
  amountMinor: described(Positive, 'What was taken, without the tip.'),
  tipMinor,
  tenderedMinor,
  reference,
  drawerId,
};

const number = { seriesId: SeriesId, number: described(FiscalNumber, 'The number.') };

/** What a till knows of its own clocks. */
const DeviceClock = Type.Object({
  bootId: optional(described(Id, 'Drawn at each start of the app.')),
  monoMs: optional(Type.Integer({ minimum: 0, description: 'Milliseconds since that start.' })),
  offsetMs: optional(
    Type.Integer({ description: 'Clock of the server less that of the device, as last measured.' }),
  ),
  serverTime: optional(described(Instant, 'Of the last answer of the server before the fact.')),
});

const FactFields = {
  v: Type.Literal(1),
  id: FactId,
  type: FactType,
  schema: Type.Integer({ minimum: 1, maximum: MAX_VERSION }),
  basedOn: optional(
    Type.Array(
      Type.Object({
        entity: described(Id, 'What it is about, such as `order:<id>`.'),
        heads: Type.Array(FactId, { maxItems: MAX_BLOCKERS }),
      }),
      { maxItems: MAX_BLOCKERS, description: 'The newest facts that the author had seen.' },
    ),
  ),
  occurredAt: described(Instant, 'When it happened by the clock of the device, in UTC.'),
  clock: optional(DeviceClock),
  businessDay: Day,
  actor: Type.Object({ id: described(Id, 'The cashier.'), name: optional(Name) }),
  data: Type.Object({}),
};

/**
 * The form of facts: what each says whatever its type, and the data of each type. Facts are no
 * commands: they have happened. Both are checked in the same way.
 */
export const factForms = defineCommands({
  Fact: Type.Object(
    {
      ...FactFields,
      deviceId: SyncDeviceId,
      epoch: Epoch,
      seq: Seq,
      prev: optional(described(Hash, 'Hash of the fact before it; absent in the first one.')),
      hash: Hash,
    },
    { $id: 'DeviceFact', description: 'A fact of a device; further fields are kept as well.' },
  ),
  /** Of a device that does not number its facts: it is known by its id alone. */
  UnnumberedFact: Type.Object({ ...FactFields, deviceId: SyncDeviceId }),
  /** A sale with its prices and its payments, as they stand on the receipt. */
  SaleCreated: strict({
    orderId: Id,
    ...sale,
    totalMinor: described(Minor, 'The total on the receipt, before cash is rounded.'),
    payments: optional(Type.Array(strict(payment), { maxItems: MAX_SALE_PAYMENTS })),
    fiscal: optional(strict(number, { description: 'The fiscal number of the receipt.' })),
  }),
  /** A payment of an order that exists, or whose sale comes later. */
  PaymentTaken: strict({ orderId: Id, ...payment, currency: Currency }),
  /** Cash that was put into a drawer or taken out by hand. */
  CashMoved: strict({
    drawerId: Id,
    direction: oneOf(['in', 'out']),
    amountMinor: Positive,
    currency: Currency,
    reason: Text,
    approvedBy: optional(Name),
  }),
  /** A document got a fiscal number, such as a sale that was made without one. */
  NumberUsed: strict({ ...number, orderId: Id }),
  /** A fiscal number was taken, and no document has it. */
  NumberVoided: strict({ ...number, reason: Text }),
  /** The device will not use these fiscal numbers. */
  NumbersReturned: strict({
    seriesId: SeriesId,
    from: FiscalNumber,
    to: FiscalNumber,
  }),
  /** Something was written that other devices can write as well. */
  FieldsChanged: strict({ entity: Entity, changes: EntityChanges }),
});

/** The newest form of each type that this version reads. */
export const FACT_KINDS = {
  ...{ SaleCreated: 1, PaymentTaken: 1, CashMoved: 1 },
  ...{ NumberUsed: 1, NumberVoided: 1, NumbersReturned: 1 },
  ...{ FieldsChanged: 1 },
} as const;
export type FactKind = keyof typeof FACT_KINDS;

export type Fact = CommandOf<typeof factForms, 'Fact'>['data'];
export type SaleCreated = CommandOf<typeof factForms, 'SaleCreated'>['data'];
export type PaymentTaken = CommandOf<typeof factForms, 'PaymentTaken'>['data'];
export type CashMoved = CommandOf<typeof factForms, 'CashMoved'>['data'];
export type NumberUsed = CommandOf<typeof factForms, 'NumberUsed'>['data'];
export type NumberVoided = CommandOf<typeof factForms, 'NumberVoided'>['data'];
export type NumbersReturned = CommandOf<typeof factForms, 'NumbersReturned'>['data'];
export type FieldsChanged = CommandOf<typeof factForms, 'FieldsChanged'>['data'];
/** A payment within a sale, or on its own. */
export type TakenPayment = Omit<PaymentTaken, 'orderId' | 'currency'>;
