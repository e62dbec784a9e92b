import type { NoticeEvent } from '../../domain/payment-notices/events.ts';
import { perEvent } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import type { PaymentNotice } from './document.ts';

/** One document per notice of the payment provider. */
export const paymentNotices: Projection<PaymentNotice, NoticeEvent> = {
  name: 'payment-notices',
  version: 1,
  collection: 'payment-notices',
  indexes: [
    { name: 'by_time', fields: ['receivedAt'] },
    { name: 'by_attempt', fields: ['attemptId', 'receivedAt'] },
  ],
  feed: 'money',
  ...perEvent<NoticeEvent>('paymentnotice', { ignores: () => false }),
  evolve: (_, { data, recordedAt: receivedAt }) => ({ ...data, receivedAt }),
};
