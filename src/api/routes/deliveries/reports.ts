import { Type } from '@sinclair/typebox';

import { DELIVERY_REPORTS, deliveryDecider } from '../../../domain/deliveries/index.ts';
import { NotFoundError, TillstreamError } from '../../../domain/kernel/errors.ts';
import { described, Id, Instant, oneOf, strict } from '../../../domain/kernel/schema.ts';
import type { Digest } from '../../../ports/digest.ts';
import { type Route, route } from '../../route.ts';
import { tag } from './responses.ts';

const ReportBody = strict({
  at: described(Instant, 'When the report was made.'),
  reference: Type.String({
    pattern: '^[a-z0-9]{1,32}[.][A-Za-z0-9:~_-]{1,200}$',
    description: 'As it came with the message.',
  }),
  event: oneOf(DELIVERY_REPORTS, 'What became of the message.'),
  reportId: described(Id, 'The id of the report: a repeat has the same one.'),
  signature: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description:
      'HMAC-SHA-256, in hexadecimal digits, of `at`, `reference`, `event` and `reportId`, joined by dots.',
  }),
});

type Report = typeof ReportBody.static;

/** @throws TillstreamError report_signature_invalid. */
function assertSigned(report: Report, secret: string, digest: Digest): void {
  const { at, reference, event, reportId, signature } = report;
  const text = [at, reference, event, reportId].join('.');
  // Hashes are compared, whose digits say nothing about the signature that was expected.
  const isSigned =
    secret !== '' && digest.sha256(digest.hmacSha256(secret, text)) === digest.sha256(signature);
  if (isSigned) return;
  throw new TillstreamError('report_signature_invalid', 'expected a report with a valid signature');
}

/** For providers, which have no key: each report is signed. */
export const reportRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/delivery-reports',
    operationId: 'reportDelivery',
    summary: 'Report what became of a message that was sent',
    description:
      'After a bounce nothing more is sent to the address; after a complaint the person gets no more of the topic. A repeat changes nothing.',
    tag,
    permission: 'public',
    body: ReportBody,
    status: 200,
    response: Type.Object({ deliveryId: Id }),
    write: false,
    example: {
      at: '2030-01-31T08:00:00Z',
      reference: 'main.5f2b',
      event: 'bounced',
      reportId: 'report-1',
      signature: '0'.repeat(64),
    },
    errors: ['report_signature_invalid', 'delivery_not_found'],
    async handle(
      { body, correlationId },
      { commands, clock, calendar, digest, shops, ...services },
    ) {
      assertSigned(body, services.deliveryReportSecret, digest);
      const { reference, event, reportId } = body;
      const storeId = reference.slice(0, reference.indexOf('.'));
      const deliveryId = reference.slice(storeId.length + 1);
      if (!shops().some(({ id }) => id === storeId)) {
        throw new NotFoundError('delivery_not_found', `there is no delivery ${deliveryId}`);
      }
      const nowMs = clock.now();
      await commands.execute(deliveryDecider, {
        command: { type: 'ReportDelivery', data: { report: event, reportId } },
        context: {
          ...{ storeId, entityId: deliveryId, commandId: `report-${event}-${reportId}` },
          now: new Date(nowMs).toISOString(),
          businessDay: calendar.businessDay(storeId, nowMs),
        },
        actor: { kind: 'system', id: 'delivery-report' },
        correlationId,
        causationId: correlationId,
      });
      return { status: 200, body: { deliveryId } };
    },
  }),
];
