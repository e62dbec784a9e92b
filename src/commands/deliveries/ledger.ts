import { type DeliveryCommand, deliveryDecider } from '../../domain/deliveries/index.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { DeliveryLedger, DeliveryRef } from '../../engine/deliveries/ledger.ts';
import { redactSecrets } from '../../lib/redact-secrets.ts';
import type { Clock } from '../../ports/clock.ts';

const MAX_DETAIL = 1_000;
const MAX_ID = 200;

export interface LedgerOptions {
  readonly commands: CommandEngine;
  readonly clock: Clock;
}

/** Attempts and their results as commands to the deliveries. */
export function createDeliveryLedger(options: LedgerOptions): DeliveryLedger {
  const { commands, clock } = options;

  function execute({ storeId, deliveryId }: DeliveryRef, id: string, command: DeliveryCommand) {
    const nowMs = clock.now();
    return commands.execute(deliveryDecider, {
      command,
      context: {
        ...{ storeId, entityId: deliveryId, commandId: id },
        now: formatInstant(nowMs),
        // Deliveries know no business day; those of the system have no shop with one.
        businessDay: formatInstant(nowMs).slice(0, 10),
      },
      actor: { kind: 'process', id: 'deliveries' },
      correlationId: deliveryId,
      causationId: id,
    });
  }

  return {
    async begin(ref, worker) {
      const data = { worker };
      const { events, state } = await execute(ref, `attempt-${worker}`, {
        type: 'BeginAttempt',
        data,
      });
      const [event] = events;
      if (event?.type !== 'DeliveryAttempted' || state.status === 'none') return undefined;
      const { attempt, key } = event.data;
      return { attempt, key, ...state.personal };
    },
    async confirm(ref, attempt, { providerId, duplicate }) {
      await execute(ref, `confirmed-${attempt}`, {
        type: 'ConfirmAttempt',
        data: {
          attempt,
          ...(providerId !== undefined && { providerId: providerId.slice(0, MAX_ID) }),
          ...(duplicate && { duplicate }),
        },
      });
    },
    async fail(ref, attempt, { detail, ...failure }) {
      await execute(ref, `failed-${attempt}`, {
        type: 'FailAttempt',
        data: {
          attempt,
          ...failure,
          ...(detail !== undefined && { detail: redactSecrets(detail).slice(0, MAX_DETAIL) }),
        },
      });
    },
  };
}
