import type { IntegrationProvider } from '../../domain/integrations/index.ts';
import { usageDecider, usageIdOf } from '../../domain/provider-usage/index.ts';
import { dispatch } from '../../engine/commands/sequence.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ObserveCall } from '../../ports/provider-client.ts';
import { type Counted, createCallTallies } from './call-tallies.ts';
import { ownSequence, type OwnSequenceParts } from './own-sequence.ts';

const LOOK_EVERY_MS = 60_000;
/** A stop does not wait any longer for the last counts. */
const CLOSE_MS = 2_000;

/** Counts the calls to providers, which health and cost of a connection rest on (X9, X10). */
export interface UsageMeter {
  observerOf(storeId: string, provider: IntegrationProvider): ObserveCall;
  /** When a call of this instance last succeeded; undefined for never. */
  lastSuccessMs(storeId: string, provider: IntegrationProvider): number | undefined;
  /** Records what was counted, until the signal. */
  run(stopping: AbortSignal): Promise<void>;
  /** Records what is left, when no call is under way any more. */
  close(): Promise<void>;
}

interface Parts extends OwnSequenceParts {
  readonly ids: Ids;
  readonly logger: Logger;
}

/**
 * A process that dies loses what it has not recorded, of ten minutes at most: an event for each
 * call would cost more than the figure is worth.
 */
export function createUsageMeter(parts: Parts): UsageMeter {
  const { clock, ids, logger } = parts;
  const tallies = createCallTallies(clock);
  const successes = new Map<string, number>();
  /** Each keeps its id until it is recorded, so that a repeat counts nothing twice. */
  let pending: readonly (Counted & { readonly id: string })[] = [];

  async function recordPending(): Promise<void> {
    for (let next = pending[0]; next; next = pending[0]) {
      const { id, storeId, data } = next;
      const command = { type: 'CountProviderCalls', data } as const;
      const entity = usageIdOf(data.provider, data.day);
      await dispatch(ownSequence(parts, storeId, id), id, usageDecider, entity, command);
      pending = pending.slice(1);
    }
  }

  async function record(all: boolean): Promise<void> {
    await recordPending();
    pending = tallies.take(all).map((each) => ({ ...each, id: `usage ${ids.uuid()}` }));
    await recordPending();
  }

  async function tryToRecord(all: boolean): Promise<void> {
    try {
      await record(all);
    } catch (error) {
      logger.warn({ error: String(error) }, 'calls to providers were not counted yet');
    }
  }

  const nameOf = (storeId: string, provider: string) => `${storeId} ${provider}`;

  return {
    observerOf: (storeId, provider) => () => {
      const beganMs = clock.now();
      return (outcome) => {
        const nowMs = clock.now();
        if (!outcome.isFailed) successes.set(nameOf(storeId, provider), nowMs);
        const durationMs = Math.max(0, Math.round(nowMs - beganMs));
        tallies.add({ storeId, provider }, { ...outcome, durationMs });
      };
    },
    lastSuccessMs: (storeId, provider) => successes.get(nameOf(storeId, provider)),
    async run(stopping) {
      while (!stopping.aborted) {
        await clock.sleep(LOOK_EVERY_MS, stopping);
        if (!stopping.aborted) await tryToRecord(false);
      }
    },
    async close() {
      const done = new AbortController();
      const recorded = tryToRecord(true).finally(() => done.abort());
      await Promise.race([recorded, clock.sleep(CLOSE_MS, done.signal)]);
    },
  };
}
