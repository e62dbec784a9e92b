import type { AccountEvent } from '../../domain/accounts/index.ts';
import {
  drawerDecider,
  type DrawerEvent,
  type DrawerState,
  type RecordDrawerEntry,
} from '../../domain/drawers/index.ts';
import type { CommandContext } from '../../domain/kernel/decider.ts';
import { DomainError, NotFoundError } from '../../domain/kernel/errors.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import type {
  CommandEngine,
  CommandRequest,
  CommandResult,
} from '../../engine/commands/command-engine.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Clock } from '../../ports/clock.ts';

/** Events that move money at a till, and may name its drawer session. */
export const DRAWER_SOURCE_EVENTS = [
  'OrderPaymentRecorded',
  'OrderTipAdjusted',
  'AccountChargeConfirmed',
  'OrderRefunded',
  'AccountPaymentRecorded',
  'CashPaidOut',
] as const satisfies readonly (OrderEvent | AccountEvent)['type'][];

/** The ports and identity under which an entry is recorded, by a request or the process. */
export interface DrawerRecording {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly context: Pick<CommandContext, 'storeId' | 'now' | 'businessDay'>;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'origin'>;
}

type Source = { readonly id: string } & (OrderEvent | AccountEvent);
type DrawerResult = CommandResult<DrawerState, DrawerEvent>;

/**
 * Records the effect of a payment, refund or payout in the drawer session that it names. The id of
 * the command derives from that of the payment, so the request and the process record it once; no
 * client can use it, since an Idempotency-Key contains no space.
 * @returns undefined when it names none, or when the session refuses it finally: the money has
 *   moved, so the payment stands, and the refusal stays in the session's history.
 */
export async function recordInDrawer(
  recording: DrawerRecording,
  source: Source,
): Promise<DrawerResult | undefined> {
  const entry = entryOf(source);
  if (!entry) return undefined;
  const { context, envelope } = recording;
  try {
    return await followUp(recording, drawerDecider, {
      command: { type: 'RecordDrawerEntry', data: entry.data },
      context: {
        ...context,
        businessDay: source.data.businessDay,
        entityId: entry.drawerId,
        commandId: `${entry.data.entryId} entry`,
      },
      ...envelope,
      causationId: source.id,
    });
  } catch (error) {
    if (isFinalRefusal(error)) return undefined;
    throw error;
  }
}

interface DrawerEntry {
  readonly drawerId: string;
  readonly data: RecordDrawerEntry['data'];
}

/** What an event means for the drawer that it names. Change is never part of the effect. */
export function entryOf(event: OrderEvent | AccountEvent): DrawerEntry | undefined {
  switch (event.type) {
    case 'OrderPaymentRecorded': {
      const { drawerId, paymentId, orderId, method, currency } = event.data;
      const { amountMinor, tipMinor, dueMinor } = event.data;
      const cashMinor = method === 'cash' ? amountMinor + tipMinor : 0;
      const amounts = { amountMinor, tipMinor, cashMinor, dueMinor };
      return named(drawerId, 'sale', paymentId, { orderId, method, currency, ...amounts });
    }
    case 'OrderTipAdjusted': {
      const { drawerId, adjustmentId, orderId, method, currency, reason } = event.data;
      const { tipAddedMinor: tipMinor } = event.data;
      const amounts = { amountMinor: 0, tipMinor, cashMinor: method === 'cash' ? tipMinor : 0 };
      const why = omitUndefined({ reason });
      return named(drawerId, 'tip', adjustmentId, {
        orderId,
        method,
        currency,
        ...amounts,
        ...why,
      });
    }
    case 'AccountChargeConfirmed': {
      const { drawerId, chargeId, orderId, currency, amountMinor, dueMinor } = event.data;
      const amounts = { amountMinor, tipMinor: 0, cashMinor: 0, dueMinor };
      const data = { orderId, method: 'on_account', currency, ...amounts } as const;
      return named(drawerId, 'sale', chargeId, data);
    }
    case 'OrderRefunded': {
      const { drawerId, refundId, orderId, currency, reason } = event.data;
      const { amountMinor, tipMinor, toCashMinor } = event.data;
      const amounts = { amountMinor, tipMinor, cashMinor: negative(toCashMinor) };
      return named(drawerId, 'refund', refundId, { orderId, currency, reason, ...amounts });
    }
    case 'AccountPaymentRecorded': {
      const { drawerId, paymentId, customerId, method, currency, amountMinor } = event.data;
      const amounts = { amountMinor, tipMinor: 0, cashMinor: method === 'cash' ? amountMinor : 0 };
      const data = { customerId, method, currency, ...amounts };
      return named(drawerId, 'account_payment', paymentId, data);
    }
    case 'CashPaidOut': {
      const { drawerId, payoutId, customerId, currency, amountMinor, reason } = event.data;
      const amounts = { amountMinor, tipMinor: 0, cashMinor: negative(amountMinor) };
      const data = { customerId, currency, reason, ...amounts };
      return named(drawerId, 'account_payout', payoutId, data);
    }
    default:
      return undefined;
  }
}

/** Without a negative zero, which JSON does not keep. */
const negative = (amountMinor: number) => (amountMinor === 0 ? 0 : -amountMinor);

function named(
  drawerId: string | undefined,
  kind: RecordDrawerEntry['data']['kind'],
  entryId: string,
  data: Omit<RecordDrawerEntry['data'], 'kind' | 'entryId' | 'reason'> & { reason?: string },
): DrawerEntry | undefined {
  if (drawerId === undefined) return undefined;
  const { reason, ...rest } = data;
  // A reason of an order may be longer than a drawer's.
  const short = omitUndefined({ reason: reason?.slice(0, MAX_REASON_LENGTH) });
  return { drawerId, data: { kind, entryId, ...rest, ...short } };
}

/** As `Text` of the kernel. */
const MAX_REASON_LENGTH = 1_000;

/**
 * Checks that a payment can name the session, before the payment is recorded. Sessions are never
 * removed, so what this finds stays true.
 * @throws NotFoundError drawer_not_found.
 * @throws DomainError invalid_request for another currency.
 */
export async function assertDrawer(
  recording: DrawerRecording,
  { drawerId, currency, commandId }: { drawerId: string; currency: string; commandId: string },
): Promise<void> {
  const { context, envelope } = recording;
  const asking = {
    ...drawerDecider,
    decide(_: unknown, drawer: DrawerState): readonly DrawerEvent[] {
      if (drawer.status === 'none') {
        throw new NotFoundError('drawer_not_found', `there is no drawer session ${drawerId}`, {
          drawerId,
        });
      }
      if (drawer.currency === currency) return [];
      const found = `expected currency ${drawer.currency}, found ${currency}`;
      // Of another kind than a refusal: nothing is recorded in the session for it.
      throw new DomainError('invalid_request', `drawer session ${drawerId}: ${found}`, {
        field: 'currency',
        expected: drawer.currency,
        found: currency,
      });
    },
  };
  await followUp(recording, asking, {
    command: { type: 'CountDrawer', data: { denominations: [] } },
    context: { ...context, entityId: drawerId, commandId: `${commandId} look` },
    ...envelope,
    causationId: envelope.correlationId,
  });
}
