import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor, assertWithinMaximum } from '../kernel/money.ts';
import { assertClosed, assertCurrency, assertJustified, assertOpen, commonData } from './checks.ts';
import type { CorrectDrawer, MoveCash, RecordDrawerEntry } from './commands.ts';
import type { DrawerCorrected, DrawerEntryRecorded } from './events.ts';
import type { DrawerSession } from './state.ts';

type Entry = Omit<
  DrawerEntryRecorded['data'],
  'drawerId' | 'tillId' | 'currency' | 'businessDay' | 'expectedMinor'
>;

/**
 * Cash that is put in or taken out by hand.
 * @throws DomainError drawer_closed, cash_exceeds_drawer (more out than should be there),
 *   currency_mismatch, approval_required (no reason), amount_out_of_range.
 */
export function moveCash(
  data: MoveCash['data'],
  drawer: DrawerSession,
  context: CommandContext,
): DrawerEntryRecorded[] {
  assertOpen(drawer);
  const { direction, amountMinor, currency, reason, approvedBy } = data;
  assertWithinMaximum(amountMinor);
  assertCurrency(currency, drawer);
  assertJustified(reason, 'reason');
  const isOut = direction === 'out';
  if (isOut && amountMinor > drawer.expectedMinor) {
    throw new DomainError(
      'cash_exceeds_drawer',
      `expected at most ${drawer.expectedMinor} taken out, found ${amountMinor}`,
      { expectedMinor: drawer.expectedMinor, requestedMinor: amountMinor },
    );
  }
  const entry = {
    entryId: derivedId(context),
    kind: isOut ? 'cash_out' : 'cash_in',
    amountMinor,
    tipMinor: 0,
    cashMinor: isOut ? -amountMinor : amountMinor,
    reason,
    ...omitUndefined({ approvedBy }),
  } as const;
  return [recorded(entry, drawer, context)];
}

/**
 * A payment, refund or payout that another aggregate has recorded: a fact, so it is never refused
 * for the state of the session. After the close it corrects the figures and leaves the close as
 * it is.
 * @throws DomainError currency_mismatch, amount_out_of_range.
 */
export function recordEntry(
  data: RecordDrawerEntry['data'],
  drawer: DrawerSession,
  context: CommandContext,
): (DrawerEntryRecorded | DrawerCorrected)[] {
  const { currency, ...entry } = data;
  assertCurrency(currency, drawer);
  return [
    drawer.status === 'open' ? recorded(entry, drawer, context) : corrected(entry, drawer, context),
  ];
}

/**
 * Corrects the expected cash of a closed session by hand.
 * @throws DomainError drawer_open, currency_mismatch, approval_required, amount_out_of_range.
 */
export function correctDrawer(
  data: CorrectDrawer['data'],
  drawer: DrawerSession,
  context: CommandContext,
): DrawerCorrected[] {
  assertClosed(drawer);
  const { cashMinor, currency, reason, approvedBy } = data;
  assertCurrency(currency, drawer);
  assertWithinMaximum(cashMinor, 'cashMinor');
  assertJustified(reason, 'reason');
  assertJustified(approvedBy, 'approvedBy');
  if (cashMinor === 0) {
    throw new DomainError('amount_out_of_range', 'expected cashMinor other than 0, found 0', {
      field: 'cashMinor',
      found: 0,
    });
  }
  const amountMinor = Math.abs(cashMinor);
  const entryId = derivedId(context);
  const entry = { entryId, kind: 'adjustment', amountMinor, tipMinor: 0, cashMinor } as const;
  return [corrected({ ...entry, reason, approvedBy }, drawer, context)];
}

function recorded(
  entry: Entry,
  drawer: DrawerSession,
  context: CommandContext,
): DrawerEntryRecorded {
  const expectedMinor = addMinor(drawer.expectedMinor, entry.cashMinor);
  return {
    type: 'DrawerEntryRecorded',
    data: { ...commonData(drawer, context), ...entry, expectedMinor },
  };
}

function corrected(
  entry: Entry,
  drawer: Extract<DrawerSession, { status: 'closed' }>,
  context: CommandContext,
): DrawerCorrected {
  const expectedMinor = addMinor(drawer.expectedMinor, entry.cashMinor);
  return {
    type: 'DrawerCorrected',
    data: {
      ...commonData(drawer, context),
      closeId: drawer.closeId,
      ...entry,
      expectedMinor,
      varianceMinor: addMinor(drawer.count.countedMinor, -expectedMinor),
    },
  };
}
