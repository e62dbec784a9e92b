import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  DeliveryChannel,
  OutgoingMessage,
  SendOutcome,
} from '../../ports/delivery-channel.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { DueEntry } from './due-entry.ts';
import type { DeliveryLedger, GrantedAttempt } from './ledger.ts';

/** Longest time for one attempt; the transports have shorter limits of their own. */
const ATTEMPT_TIMEOUT_MS = 120_000;
const INITIAL_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;

/** Whether the log refuses it, however often it is tried. */
export const isFinal = (error: unknown): boolean =>
  error instanceof TillstreamError && !error.retryable;

export interface AttemptOptions {
  readonly ledger: DeliveryLedger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Aborts when the instance does not wait for attempts any longer. */
  readonly abandon: AbortSignal;
}

/**
 * One attempt: recorded, made, and its result recorded. Resolves with the result; undefined when
 * there was nothing to send. Throws when the log cannot be reached before the attempt begins.
 */
export async function makeAttempt(
  options: AttemptOptions,
  entry: DueEntry,
  channel: DeliveryChannel | undefined,
): Promise<SendOutcome | undefined> {
  const { ledger, ids } = options;
  // Kept until the log has answered, so that a repeat after an unknown outcome is the same attempt.
  entry.worker ??= ids.uuid();
  const granted = await ledger.begin(entry, entry.worker);
  entry.worker = undefined;
  if (!granted || !channel) return undefined;
  const outcome = await send(options, entry, channel, granted);
  await recordUntilKnown(options, entry, () => record(ledger, entry, granted, outcome));
  return outcome;
}

async function send(
  { clock, abandon, logger }: AttemptOptions,
  entry: DueEntry,
  channel: DeliveryChannel,
  { key, recipient, content }: GrantedAttempt,
): Promise<SendOutcome> {
  const { storeId, deliveryId } = entry;
  const ended = new AbortController();
  const timeout = new AbortController();
  const expire = async () => {
    await clock.sleep(ATTEMPT_TIMEOUT_MS, ended.signal);
    if (!ended.signal.aborted) timeout.abort();
  };
  void expire();
  const signal = AbortSignal.any([timeout.signal, abandon]);
  const reference = `${storeId}.${deliveryId}`;
  const message: OutgoingMessage = { key, reference, storeId, recipient, content, signal };
  try {
    return await settleDuplicate(channel, message, await channel.send(message));
  } catch (error) {
    logger.error({ channel: channel.name, deliveryId, error: String(error) }, 'channel failed');
    return {
      ...{ outcome: 'failed', failureClass: 'retry', code: 'internal' },
      reason: 'The message could not be handed over because of an internal error.',
    };
  } finally {
    ended.abort();
  }
}

/** What the other side has had before is looked up: it is sent then, or tried again. */
async function settleDuplicate(
  channel: DeliveryChannel,
  message: OutgoingMessage,
  outcome: SendOutcome,
): Promise<SendOutcome> {
  if (outcome.outcome === 'accepted' || outcome.failureClass !== 'duplicate') return outcome;
  const known = channel.lookUp ? await channel.lookUp(message) : 'accepted';
  return known === 'accepted' ? outcome : { ...outcome, failureClass: 'retry' };
}

async function record(
  ledger: DeliveryLedger,
  entry: DueEntry,
  { attempt }: GrantedAttempt,
  outcome: SendOutcome,
): Promise<void> {
  if (outcome.outcome === 'accepted') {
    const { providerId } = outcome;
    return ledger.confirm(entry, attempt, providerId === undefined ? {} : { providerId });
  }
  const { failureClass, code, reason, detail, retryAfterMs } = outcome;
  if (failureClass === 'duplicate') return ledger.confirm(entry, attempt, { duplicate: true });
  return ledger.fail(entry, attempt, {
    ...{ failureClass, code, reason },
    ...(detail !== undefined && { detail }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Retries until the result is in the log: a result that is lost would send the message again. */
async function recordUntilKnown(
  { clock, abandon, logger }: AttemptOptions,
  { deliveryId }: DueEntry,
  task: () => Promise<void>,
): Promise<void> {
  for (let attempt = 0; !abandon.aborted; attempt++) {
    try {
      await task();
      return;
    } catch (error) {
      const fields = { deliveryId, error: String(error), attempt };
      logger[isFinal(error) ? 'error' : 'warn'](
        fields,
        'result of a delivery could not be recorded',
      );
      if (isFinal(error)) return;
      await clock.sleep(Math.min(INITIAL_RETRY_MS * 2 ** attempt, MAX_RETRY_MS), abandon);
    }
  }
}
