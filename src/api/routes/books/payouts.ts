import { Type } from '@sinclair/typebox';

import { takePayouts } from '../../../commands/books/take-payouts.ts';
import { instantMs } from '../../../domain/kernel/instant.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import { Day, described, optional, strict } from '../../../domain/kernel/schema.ts';
import { type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import { SourceSchema } from './reconciliation-body.ts';

const DAY_MS = 86_400_000;
/** Payouts are looked for so far back, unless a day is given. */
const DEFAULT_DAYS = 14;

const NOTHING = { foundCount: 0, requestedCount: 0, isComplete: false };

const take = route({
  method: 'post',
  path: '/reconciliation/payouts',
  operationId: 'takePayouts',
  summary: 'Post the payouts of Square as bank deposits, with their fees',
  description: `Each payout is a deposit once: what was sold and refunded leaves the account of the role \`deposit_account\`, the fees go to \`fee_account\`, and the rest comes to \`bank_account\`. Without a day, those of the last ${DEFAULT_DAYS} days. Where Square could not be read to the end, repeat it. May be repeated at any time.`,
  tag: 'Books',
  permission: 'deliveries:manage',
  body: strict({ since: optional(described(Day, 'Payouts that were made since then.')) }),
  status: 202,
  response: Type.Object({
    square: SourceSchema,
    foundCount: Type.Integer({ description: 'Payouts that Square made since then.' }),
    requestedCount: Type.Integer({ description: 'Those that are posted now for the first time.' }),
    isComplete: Type.Boolean({ description: 'False: repeat it, there are more.' }),
    position: optional(Type.String()),
  }),
  write: true,
  unsafeItems: true,
  deadlineMs: 120_000,
  example: { since: '2026-01-01' },
  async handle(request, services) {
    const { since } = request.body;
    const sinceMs =
      since === undefined
        ? services.clock.now() - DEFAULT_DAYS * DAY_MS
        : instantMs(`${since}T00:00:00.000Z`);
    const sequence = sequenceOf(request, services);
    const taken = await takePayouts({ connections: services.connections, sequence }, sinceMs);
    if (taken.kind !== 'ok') {
      const square = { isRead: false, code: taken.code };
      return { status: 202, body: { square, ...NOTHING } };
    }
    const { position, ...counts } = taken.value;
    const body = { square: { isRead: true }, ...counts };
    if (!position) return { status: 202, body };
    return { status: 202, position, body: { ...body, position: formatPosition(position) } };
  },
});

export const payoutRoutes: readonly Route[] = [take];
