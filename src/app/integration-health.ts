import { createReads } from '../api/pipeline/reads.ts';
import { ownSequence } from '../commands/integrations/own-sequence.ts';
import type { UsageMeter } from '../commands/integrations/usage-meter.ts';
import { healthOf, integrationDecider, successRateOf } from '../domain/integrations/index.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import { dispatch } from '../engine/commands/sequence.ts';
import type { ProjectionEngine } from '../engine/projections/projection-engine.ts';
import { omitUndefined } from '../lib/omit-undefined.ts';
import type { ProviderConnections } from '../ports/provider-client.ts';
import type { Integration } from '../projections/integrations/document.ts';
import { listIntegrations } from '../projections/integrations/queries.ts';
import { recentCallsOf } from '../projections/provider-usage/queries.ts';
import type { Ports } from './options.ts';

/** Each connection is judged that often (X9). */
const JUDGE_EVERY_MS = 60_000;
/**
 * A provider that answered within this time is not asked for the judgement alone: QuickBooks meters
 * the reads of a month.
 */
const ASK_AFTER_MS = 300_000;
/** Without a way out of this installation, or without a connection, nothing can be judged. */
const NOT_ASKED = new Set(['no_outgoing_calls', 'not_connected', 'paused']);

interface Parts {
  readonly ports: Pick<Ports, 'readStore' | 'clock' | 'calendar' | 'ids' | 'logger'>;
  readonly commands: CommandEngine;
  readonly connections: ProviderConnections;
  readonly projections: ProjectionEngine;
  readonly usage: Pick<UsageMeter, 'lastSuccessMs'>;
  readonly storeIds: () => readonly string[];
  /** One instance of those that share the storage does it. */
  readonly isOnDuty: () => boolean;
}

/** Judges the health of all connections each minute, and records what changed (X9). */
export function createIntegrationHealth(parts: Parts) {
  const { ports, commands, connections, projections, usage, storeIds, isOnDuty } = parts;
  const { clock, calendar, ids, logger } = ports;

  /** Undefined: it cannot be asked from here. */
  async function isReachable(
    storeId: string,
    { provider }: Integration,
  ): Promise<boolean | undefined> {
    const lastMs = usage.lastSuccessMs(storeId, provider);
    if (lastMs !== undefined && clock.now() - lastMs < ASK_AFTER_MS) return true;
    const opened = await connections.open(storeId, provider, 'low');
    if (opened.kind !== 'ok') return NOT_ASKED.has(opened.code) ? undefined : false;
    return (await opened.value.client.testConnection()).kind === 'ok';
  }

  async function judge(storeId: string, integration: Integration): Promise<void> {
    const { provider } = integration;
    const reachable = await isReachable(storeId, integration);
    if (reachable === undefined) return;
    const reads = createReads(projections, ports.readStore, storeId);
    const recent = await recentCallsOf(reads, storeId, provider, clock.now());
    const { calls, failed, responseMs } = recent;
    const successRate = successRateOf(recent);
    const health = healthOf({ isReachable: reachable, calls, failed, responseMs });
    if (health === integration.healthStatus) return;
    const { state } = await commands.load(integrationDecider, storeId, provider);
    if (state.status === 'none') return;
    const id = `health ${ids.uuid()}`;
    const sequence = ownSequence({ commands, clock, calendar }, storeId, id);
    const found = { isReachable: reachable, successRate, ...omitUndefined({ responseMs }) };
    const data = { credentialsId: state.credentialsId, health, ...found };
    const command = { type: 'RecordHealth', data } as const;
    const { events } = await dispatch(sequence, id, integrationDecider, provider, command);
    const [changed] = events;
    if (changed?.type !== 'IntegrationHealthChanged') return;
    const { before } = changed.data;
    logger.info({ storeId, provider, before, health }, 'health of a connection changed');
  }

  async function once(stopping: AbortSignal): Promise<void> {
    for (const storeId of storeIds()) {
      const reads = createReads(projections, ports.readStore, storeId);
      const { items } = await listIntegrations(reads, {});
      for (const each of items) {
        if (stopping.aborted) return;
        const isJudged = each.status !== 'suspended' && each.status !== 'disconnected';
        if (isJudged) await judge(storeId, each);
      }
    }
  }

  return {
    async run(stopping: AbortSignal): Promise<void> {
      while (!stopping.aborted) {
        try {
          if (isOnDuty()) await once(stopping);
        } catch (error) {
          if (stopping.aborted) return;
          logger.warn({ error: String(error) }, 'connections were not judged; trying again');
        }
        await clock.sleep(JUDGE_EVERY_MS, stopping);
      }
    },
  };
}
