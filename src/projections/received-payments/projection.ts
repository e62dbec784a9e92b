import type { AccountEvent } from '../../domain/accounts/events.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { documentKey, partsOf } from '../../domain/kernel/names.ts';
import type { OrderEvent } from '../../domain/orders/events.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Payment } from './document.ts';

/**
 * One document per payment, of orders and accounts. The entity that took it is part of the key:
 * older ids are those of commands, which two entities can share.
 */
export const payments: Projection<Payment, OrderEvent | AccountEvent> = {
  name: 'payments',
  version: 3,
  collection: 'payments',
  indexes: [
    { name: 'by_time', fields: ['at'] },
    { name: 'by_order', fields: ['orderId', 'at'] },
    { name: 'by_customer', fields: ['customerId', 'at'] },
    { name: 'by_method', fields: ['method', 'at'] },
    { name: 'by_day', fields: ['businessDay', 'at'] },
    { name: 'by_id', fields: ['paymentId'] },
  ],
  categories: ['order', 'account'],
  feed: 'money',
  keys: (event) => {
    const paid = event as Paid;
    const { storeId, parts } = partsOf(event.stream);
    if (paid.type === 'OrderTipAdjusted') {
      return [documentKey(storeId, 'order', ...parts, paid.data.paymentId)];
    }
    const payment = paymentOf(paid);
    if (!payment) return [];
    return [documentKey(storeId, payment.target, ...parts, payment.paymentId)];
  },
  evolve(payment, event) {
    if (event.type !== 'OrderTipAdjusted') return paymentOf(event);
    if (!payment) throw new InvariantError('a payment before its tip is changed');
    const { tipMinor, tenderedMinor, changeMinor } = event.data;
    return { ...payment, tipMinor, changeMinor, ...omitUndefined({ tenderedMinor }) };
  },
};

type Paid = RecordedEvent & (OrderEvent | AccountEvent);

function paymentOf(event: Paid): Payment | undefined {
  const at = event.recordedAt;
  switch (event.type) {
    case 'OrderPaymentRecorded': {
      const { orderId, customerId, tipMinor, paidAt } = event.data;
      const { roundingAddedMinor: roundingMinor } = event.data;
      return {
        ...common(event.data),
        target: 'order',
        orderId,
        customerId: customerId ?? '',
        tipMinor,
        ...(roundingMinor !== 0 && { roundingMinor }),
        at: paidAt ?? at,
      };
    }
    case 'AccountChargeConfirmed': {
      const { chargeId, orderId, customerId, currency, amountMinor, businessDay } = event.data;
      return {
        paymentId: chargeId,
        target: 'order',
        orderId,
        customerId,
        method: 'on_account',
        currency,
        amountMinor,
        tipMinor: 0,
        changeMinor: 0,
        businessDay,
        at,
      };
    }
    case 'AccountPaymentRecorded': {
      const { customerId, allocations, creditMinor } = event.data;
      return {
        ...common(event.data),
        target: 'account',
        orderId: '',
        customerId,
        tipMinor: 0,
        allocations,
        creditMinor,
        at,
      };
    }
    default:
      return undefined;
  }
}

interface CommonFields {
  readonly paymentId: string;
  readonly method: Payment['method'];
  readonly currency: string;
  readonly amountMinor: number;
  readonly tenderedMinor?: number | undefined;
  readonly changeMinor: number;
  readonly reference?: string | undefined;
  readonly businessDay: string;
}

function common(data: CommonFields) {
  const { paymentId, method, currency, amountMinor, changeMinor, businessDay } = data;
  return {
    paymentId,
    method,
    currency,
    amountMinor,
    ...(data.tenderedMinor !== undefined && { tenderedMinor: data.tenderedMinor }),
    changeMinor,
    ...(data.reference !== undefined && { reference: data.reference }),
    businessDay,
  };
}
