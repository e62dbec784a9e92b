import {
  drawerCommands,
  drawerDecider,
  type DrawerEvent,
  type DrawerState,
} from '../../../domain/drawers/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { commandRoutes } from '../../command.ts';
import { writtenAt } from '../../responses.ts';
import { DrawerResponse } from './schemas.ts';

export const tag = 'Drawers';

export type DrawerResult = CommandResult<DrawerState, DrawerEvent>;

/** The session right after a command. Nothing here comes from a read model (K3). */
export function drawerResponse(result: DrawerResult) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('a drawer session after its command');
  const { drawerId, status, tillId, currency, expectedMinor, unfinished, count } = state;
  const approvedBy = count?.approvedBy;
  return {
    ...{ drawerId, status, tillId, currency, expectedMinor },
    ...(count && {
      countedMinor: count.countedMinor,
      varianceMinor: count.varianceMinor,
      needsApproval: count.needsApproval && approvedBy === undefined,
    }),
    ...omitUndefined({ approvedBy }),
    ...(state.status === 'closed' && { closeId: state.closeId }),
    unfinished: [...unfinished],
    ...writtenAt(result),
  };
}

/** Operations that run a command of one drawer session. */
export const drawerCommand = commandRoutes({
  tag,
  decider: drawerDecider,
  commands: drawerCommands,
  id: 'drawerId',
  response: DrawerResponse,
  respond: drawerResponse,
});
