import { type Static, Type } from '@sinclair/typebox';

import { strict } from '../../domain/kernel/schema.ts';

/** A notice of the payment provider. */
export const PaymentNoticeSchema = strict(
  {
    noticeId: Type.String(),
    attemptId: Type.String({ description: 'The payment that changed.' }),
    signedAt: Type.String({ description: 'When the provider signed it, in UTC.' }),
    receivedAt: Type.String({ description: 'When it was first received, in UTC.' }),
  },
  { $id: 'PaymentNotice' },
);

export type PaymentNotice = Static<typeof PaymentNoticeSchema>;
