import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { formatInstant, instantMs } from '../kernel/instant.ts';
import { unreachable } from '../kernel/invariant.ts';
import { beginAttempt, confirmAttempt, failAttempt } from './attempts.ts';
import { type DeliveryCommand, deliveryCommands, type RequestDelivery } from './commands.ts';
import type { DeliveryEvent } from './events.ts';
import { evolveDelivery } from './evolve.ts';
import { assertMessage, newContentId } from './message.ts';
import { DELIVERY_POLICIES, type DeliveryPolicy, MAX_DELIVERY_EVENTS } from './policy.ts';
import { cancelDelivery, editDelivery, retryDelivery } from './resend.ts';
import { type DeliveryState, initialDeliveryState } from './state.ts';

/** For the result of the attempt that runs, and for the end, also of a full delivery. */
const RESERVE = {
  events: 10,
  commands: ['ConfirmAttempt', 'FailAttempt', 'CancelDelivery', 'EraseDelivery'],
} as const;

function requestDelivery(data: RequestDelivery['data'], context: CommandContext): DeliveryEvent[] {
  const { entityId, now } = context;
  const { channel, priority, queue, topic, personId, orderKey, recipient, content } = data;
  const personal = { recipient, content };
  assertMessage(channel, personal);
  const policy: DeliveryPolicy = DELIVERY_POLICIES[queue];
  return [
    {
      type: 'DeliveryRequested',
      data: {
        ...{ deliveryId: entityId, channel, priority, queue },
        ...omitUndefined({ topic, personId, orderKey }),
        bodyHash: newContentId(context),
        expiresAt: formatInstant(instantMs(now) + policy.expiresAfterMs),
        personal,
      },
    },
  ];
}

/**
 * Decides a command to one delivery.
 * @throws NotFoundError delivery_not_found.
 * @throws DomainError delivery_exists, delivery_in_progress, delivery_succeeded,
 *   delivery_not_parked, delivery_cancelled, invalid_request.
 */
export function decideDelivery(
  command: DeliveryCommand,
  state: DeliveryState,
  context: CommandContext,
): readonly DeliveryEvent[] {
  if (command.type === 'RequestDelivery') {
    if (state.status === 'none') return requestDelivery(command.data, context);
    throw new DomainError('delivery_exists', `delivery ${context.entityId} exists already`);
  }
  if (state.status === 'none') {
    throw new NotFoundError('delivery_not_found', `there is no delivery ${context.entityId}`);
  }
  switch (command.type) {
    case 'BeginAttempt':
      return beginAttempt(command.data, state, context);
    case 'ConfirmAttempt':
      return confirmAttempt(command.data, state);
    case 'FailAttempt':
      return failAttempt(command.data, state, context);
    case 'RetryDelivery':
      return retryDelivery(state, context);
    case 'EditDelivery':
      return editDelivery(command.data, state, context);
    case 'CancelDelivery':
      return cancelDelivery(command.data, state);
    case 'EraseDelivery':
      if (state.isErased) return [];
      return [{ type: 'DeliveryErased', data: { deliveryId: state.deliveryId, ...command.data } }];
    case 'ReportDelivery':
      if (state.reports.includes(command.data.report)) return [];
      return [
        { type: 'DeliveryReported', data: { deliveryId: state.deliveryId, ...command.data } },
      ];
    default:
      return unreachable(command);
  }
}

/** One aggregate per message that leaves the system. */
export const deliveryDecider: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  category: 'delivery',
  maxEvents: MAX_DELIVERY_EVENTS,
  reserve: RESERVE,
  version: 2,
  initialState: initialDeliveryState,
  commands: deliveryCommands,
  personal: { commandFields: ['recipient', 'content', 'detail'] },
  decide: decideDelivery,
  evolve: evolveDelivery,
};
