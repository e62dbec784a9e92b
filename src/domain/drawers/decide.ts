import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { assertWithinMaximum, exponentOf } from '../kernel/money.ts';
import { approveVariance, closeDrawer, countDrawer } from './closing.ts';
import { type DrawerCommand, drawerCommands, type OpenDrawer } from './commands.ts';
import { correctDrawer, moveCash, recordEntry } from './entries.ts';
import type { DrawerEvent, DrawerOpened } from './events.ts';
import { evolveDrawer } from './evolve.ts';
import { type DrawerState, initialDrawerState } from './state.ts';

/** The variance up to which a count needs no approval, where the shop states none. */
export const DEFAULT_VARIANCE_LIMIT_MINOR = 500;

/** What opening a session needs beside its command. */
export interface DrawerSettings {
  /** The largest variance that needs no approval, in minor units. */
  readonly varianceLimitMinor: number;
}

/**
 * What a session needs by itself, whatever the state of its till.
 * @throws DomainError unknown_currency, amount_out_of_range.
 */
export function assertOpening({
  currency,
  openingFloatMinor,
}: Pick<OpenDrawer['data'], 'currency' | 'openingFloatMinor'>): void {
  exponentOf(currency);
  assertWithinMaximum(openingFloatMinor, 'openingFloatMinor');
}

/** @throws DomainError as `assertOpening`. */
function openDrawer(
  data: OpenDrawer['data'],
  context: CommandContext,
  { varianceLimitMinor }: DrawerSettings,
): DrawerOpened[] {
  const { tillId, branchId, currency, openingFloatMinor, openedBy } = data;
  assertOpening(data);
  return [
    {
      type: 'DrawerOpened',
      data: {
        drawerId: context.entityId,
        tillId,
        currency,
        businessDay: context.businessDay,
        openingFloatMinor,
        varianceLimitMinor,
        expectedMinor: openingFloatMinor,
        ...omitUndefined({ branchId, openedBy }),
      },
    },
  ];
}

/**
 * Decides a command to a drawer session.
 * @throws NotFoundError drawer_not_found.
 * @throws DomainError drawer_exists, and the errors of each command's function.
 */
function decideDrawer(
  command: DrawerCommand,
  state: DrawerState,
  context: CommandContext,
  settings: DrawerSettings,
): readonly DrawerEvent[] {
  const drawerId = context.entityId;
  if (command.type === 'OpenDrawer') {
    if (state.status === 'none') return openDrawer(command.data, context, settings);
    throw new DomainError('drawer_exists', `drawer session ${drawerId} exists already`, {
      drawerId,
    });
  }
  if (state.status === 'none') {
    throw new NotFoundError('drawer_not_found', `there is no drawer session ${drawerId}`, {
      drawerId,
    });
  }
  switch (command.type) {
    case 'MoveCash':
      return moveCash(command.data, state, context);
    case 'RecordDrawerEntry':
      return recordEntry(command.data, state, context);
    case 'CountDrawer':
      return countDrawer(command.data, state, context);
    case 'ApproveVariance':
      return approveVariance(command.data, state, context);
    case 'CloseDrawer':
      return closeDrawer(command.data, state, context);
    case 'CorrectDrawer':
      return correctDrawer(command.data, state, context);
    default:
      return unreachable(command);
  }
}

/**
 * The rules of drawer sessions with these settings. They are no part of the command, so a repeat
 * of it after a change of the settings is still the same command.
 */
export function drawerDeciderWith(
  settings: DrawerSettings,
): Decider<DrawerState, DrawerCommand, DrawerEvent> {
  return {
    category: 'drawer',
    version: 1,
    initialState: initialDrawerState,
    commands: drawerCommands,
    decide: (command, state, context) => decideDrawer(command, state, context, settings),
    evolve: evolveDrawer,
  };
}

/** One drawer session of a till: what should be in it, what was counted, and its close (B4). */
export const drawerDecider = drawerDeciderWith({
  varianceLimitMinor: DEFAULT_VARIANCE_LIMIT_MINOR,
});
