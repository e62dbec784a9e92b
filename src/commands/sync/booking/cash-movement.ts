import type { CashMoved } from '../../../domain/sync/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { Booked, Booking } from './booking.ts';
import { recordCash } from './drawer-cash.ts';

/** Books cash that was put into a drawer, or taken out. Two alike are two movements. */
export async function bookCashMovement(booking: Booking, moved: CashMoved): Promise<Booked> {
  const { drawerId, direction, amountMinor, currency, reason, approvedBy } = moved;
  const isOut = direction === 'out';
  const data = {
    entryId: booking.fact.id,
    kind: isOut ? 'cash_out' : 'cash_in',
    amountMinor,
    tipMinor: 0,
    cashMinor: isOut ? -amountMinor : amountMinor,
    currency,
    reason,
    ...omitUndefined({ approvedBy }),
  } as const;
  const { flags, error } = await recordCash(booking, { drawerId, data });
  if (error === undefined) return { flags };
  return { rejected: { code: error, detail: `the drawer session refused it: ${error}` } };
}
