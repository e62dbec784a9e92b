import { Type } from '@sinclair/typebox';

import { DomainError, InvariantError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import { described, Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { noticeDecider, NoticeId } from '../../../domain/payment-notices/index.ts';
import { PAYMENT_STATUSES } from '../../../domain/payments/index.ts';
import { PaymentNoticeSchema } from '../../../projections/payment-notices/document.ts';
import {
  findReconciliation,
  listNotices,
  MAX_WAITING,
} from '../../../projections/payment-notices/queries.ts';
import { query } from '../../query.ts';
import { pageResponse } from '../../responses.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import type { Services } from '../../services.ts';

const tag = 'Provider payments';
const ShopParams = Type.Object({ shopId: described(Id, 'The shop whose payment it is.') });
/** Only the ids: whatever else it says, the provider is asked. */
const NoticeBody = Type.Object({ id: NoticeId, attemptId: Id });

const ReconciliationSchema = Type.Object(
  {
    lastNoticeAt: Type.Optional(Type.String({ description: 'Of the newest notice, in UTC.' })),
    secondsSinceLastNotice: Type.Optional(Type.Integer({ minimum: 0 })),
    waiting: Type.Integer({
      description: `Payments whose outcome is not known, up to ${MAX_WAITING}. Each is looked up again and again, with or without a notice.`,
    }),
    oldestWaitingAt: Type.Optional(Type.String({ description: 'When it was requested, in UTC.' })),
    items: Type.Array(
      Type.Object({
        paymentId: Type.String(),
        orderId: Type.String(),
        status: oneOf(PAYMENT_STATUSES),
        requestedAt: Type.String(),
      }),
      { description: 'The payments that have waited longest.' },
    ),
  },
  { additionalProperties: false, $id: 'PaymentReconciliation' },
);

type Signed = Pick<ApiRequest<typeof ShopParams.static, unknown, unknown>, 'signed' | 'params'>;

/** When the notice was signed for this shop. @throws DomainError notice_not_signed. */
function signedAt({ signed, params }: Signed, { paymentNotices }: Services): string {
  if (!signed) throw new InvariantError('the bytes of a signed request');
  const { header, body } = signed;
  const { shopId } = params;
  const signedMs = paymentNotices?.signedAt({
    signature: header(paymentNotices.header),
    shopId,
    body,
  });
  if (signedMs !== undefined) return formatInstant(signedMs);
  const message = 'expected a notice that the provider signed for this shop a short time ago';
  throw new DomainError('notice_not_signed', message);
}

function assertShop(services: Services, shopId: string): void {
  if (services.shops().some(({ id }) => id === shopId)) return;
  throw new NotFoundError('shop_not_found', `there is no shop ${shopId}`, { shopId });
}

export const paymentNoticeRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/webhooks/payments/:shopId',
    operationId: 'receivePaymentNotice',
    summary: 'A notice of the payment provider that a payment changed',
    description:
      'For the payment provider, which signs it for this shop. The notice is recorded, also for a payment that is not known yet, and the provider is asked afterwards. One that comes again changes nothing.',
    tag,
    permission: 'public',
    params: ShopParams,
    body: NoticeBody,
    status: 200,
    response: Type.Object({ received: Type.Boolean() }, { $id: 'NoticeReceived' }),
    write: false,
    signed: true,
    limiters: ['webhooks'],
    example: { id: 'evt_1', attemptId: 'attempt-1' },
    errors: ['notice_not_signed', 'shop_not_found'],
    async handle(request, services) {
      const { shopId } = request.params;
      const { id: noticeId, attemptId } = request.body;
      const signed = signedAt(request, services);
      assertShop(services, shopId);
      const nowMs = services.clock.now();
      await services.commands.execute(noticeDecider, {
        command: { type: 'ReceiveNotice', data: { attemptId, signedAt: signed } },
        context: {
          storeId: shopId,
          entityId: noticeId,
          // It is signed again each time it is sent: the notice itself knows that it came before.
          commandId: `notice ${services.ids.uuid()}`,
          now: formatInstant(nowMs),
          businessDay: services.calendar.businessDay(shopId, nowMs),
        },
        actor: { kind: 'system', id: 'payment-provider' },
        correlationId: request.correlationId,
        causationId: request.correlationId,
      });
      return { status: 200, body: { received: true } };
    },
  }),
  query({
    path: '/payment-notices',
    operationId: 'listPaymentNotices',
    summary: 'Notices of the payment provider, newest first',
    tag,
    permission: 'payments:read',
    query: Type.Object({ attemptId: optional(Id), ...pageQuery }),
    response: pageOf(PaymentNoticeSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listNotices(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/payment-reconciliation',
    operationId: 'getPaymentReconciliation',
    summary: 'Payments without an outcome, and the time since the last notice',
    tag,
    permission: 'payments:read',
    response: ReconciliationSchema,
    async read({ reads }, { clock }) {
      const { items, ...rest } = await findReconciliation(reads);
      const found = { ...rest, items: [...items] };
      const { lastNoticeAt } = found;
      if (lastNoticeAt === undefined) return found;
      const seconds = Math.floor((clock.now() - Date.parse(lastNoticeAt)) / 1_000);
      return { ...found, secondsSinceLastNotice: Math.max(0, seconds) };
    },
  }),
];
