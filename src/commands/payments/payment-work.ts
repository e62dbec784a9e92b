import type { Command } from '../../domain/kernel/decider.ts';
import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import {
  isConnectedProvider,
  type Payment,
  type PaymentCommand,
  paymentDecider,
} from '../../domain/payments/index.ts';
import type {
  AnyDeciderOf,
  CommandEngine,
  CommandRequest,
  CommandResult,
} from '../../engine/commands/command-engine.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ConnectedPayments, PaymentProvider } from '../../ports/payment-provider.ts';

/** The ports and identity under which work on one payment is done. */
export interface PaymentWork {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly ids: Ids;
  /** The provider of the installation. */
  readonly provider: PaymentProvider | undefined;
  /** Providers at which the shop has an account of its own. */
  readonly connected?: ConnectedPayments | undefined;
  readonly storeId: string;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'causationId' | 'origin'>;
}

/** Executes a command of the work with the given id. */
export function dispatch<State, Cmd extends Command, Event extends DomainEvent>(
  work: PaymentWork,
  decider: AnyDeciderOf<State, Cmd, Event>,
  entityId: string,
  commandId: string,
  command: Cmd,
): Promise<CommandResult<State, Event>> {
  const { storeId, clock, calendar, envelope } = work;
  const nowMs = clock.now();
  const now = formatInstant(nowMs);
  const businessDay = calendar.businessDay(storeId, nowMs);
  return followUp(work, decider, {
    command,
    context: { storeId, entityId, commandId, now, businessDay },
    ...envelope,
  });
}

export const onPayment = (
  work: PaymentWork,
  paymentId: string,
  commandId: string,
  command: PaymentCommand,
) => dispatch(work, paymentDecider, paymentId, commandId, command);

/** @throws NotFoundError payment_not_found. */
export async function paymentOf(
  { commands, storeId }: PaymentWork,
  paymentId: string,
): Promise<Payment> {
  const { state } = await commands.load(paymentDecider, storeId, paymentId);
  if (state.status !== 'none') return state;
  throw new NotFoundError('payment_not_found', `there is no payment ${paymentId}`, { paymentId });
}

/** The provider of a payment; undefined while there is none to ask. */
export async function providerOf(
  { provider, connected, storeId }: PaymentWork,
  payment: Payment,
): Promise<PaymentProvider | undefined> {
  if (!isConnectedProvider(payment.provider)) return provider;
  return connected?.open(storeId, payment);
}

/** Where no provider is configured, payments wait, and are looked at again after this time. */
export const NO_PROVIDER_MS = 60_000;
