import {
  deliveryCommands,
  deliveryDecider,
  type DeliveryEvent,
  type DeliveryState,
} from '../../../domain/deliveries/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { commandRoutes } from '../../command.ts';
import { writtenAt } from '../../responses.ts';
import { DeliveryResponse } from './schemas.ts';

export const tag = 'Deliveries';

export const unsentErrors = [
  'delivery_not_found',
  'delivery_succeeded',
  'delivery_in_progress',
  'delivery_cancelled',
] as const;

/** The delivery right after a command, without the message. */
export function deliveryResponse(result: CommandResult<DeliveryState, DeliveryEvent>) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('a delivery after its command');
  const { deliveryId, status, attempt, expiresAt } = state;
  return { deliveryId, state: status, attemptCount: attempt, expiresAt, ...writtenAt(result) };
}

/** Operations that run a command of one delivery. */
export const deliveryCommand = commandRoutes({
  tag,
  decider: deliveryDecider,
  commands: deliveryCommands,
  id: 'deliveryId',
  response: DeliveryResponse,
  respond: deliveryResponse,
});
