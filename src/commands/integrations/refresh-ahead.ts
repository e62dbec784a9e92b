import {
  INTEGRATION_PROVIDERS,
  integrationDecider,
  type IntegrationProvider,
  type IntegrationState,
} from '../../domain/integrations/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { TokenKeeper, TokenOwner } from './tokens.ts';

/** Pause between two looks for tokens that end soon. */
const LOOK_EVERY_MS = 60_000;
/**
 * All connections are read so often: those made or changed by another instance are found. No token
 * of a provider lives as short as this and the time before its end in which it is refreshed.
 */
const SCAN_EVERY_MS = 600_000;
/** Connections that are read at once. */
const PARALLEL = 8;

export interface RefreshAheadParts {
  readonly storeIds: () => readonly string[];
  readonly commands: Pick<CommandEngine, 'load'>;
  readonly tokens: Pick<TokenKeeper, 'current' | 'refreshAtMs'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly logger: Logger;
  /** One instance of those that share the storage does it. */
  readonly isOnDuty: () => boolean;
}

/**
 * Refreshes the tokens of connections shortly before they end, so that no call waits for it and no
 * grant ends because nothing is exchanged for months. Paused connections are left alone.
 */
export function createRefreshAhead(parts: RefreshAheadParts) {
  const { storeIds, clock, logger, isOnDuty } = parts;
  /** When each known token is to be refreshed, in ms. */
  const due = new Map<string, { readonly owner: TokenOwner; readonly atMs: number }>();
  let scannedMs = Number.NEGATIVE_INFINITY;

  async function look(storeId: string, provider: IntegrationProvider): Promise<void> {
    const name = `${storeId} ${provider}`;
    const { state } = await parts.commands.load(integrationDecider, storeId, provider);
    const owner = ownerOf(storeId, state);
    due.delete(name);
    if (!owner) return;
    const current = await parts.tokens.current(owner);
    // What fails is tried again with the next look.
    if (current.kind !== 'ok') return void due.set(name, { owner, atMs: clock.now() });
    const atMs = parts.tokens.refreshAtMs(owner, current.value);
    if (atMs !== undefined) due.set(name, { owner, atMs });
  }

  /** One look: all connections when it is time for that, else those whose token ends. */
  async function once(stopping: AbortSignal): Promise<void> {
    const nowMs = clock.now();
    const isScan = nowMs >= scannedMs + SCAN_EVERY_MS;
    const all = () =>
      storeIds().flatMap((storeId) =>
        INTEGRATION_PROVIDERS.map((each) => [storeId, each] as const),
      );
    const ending = [...due.values()]
      .filter(({ atMs }) => atMs <= nowMs)
      .map(({ owner: { storeId, provider } }) => [storeId, provider] as const);
    const waiting = isScan ? all() : ending;
    if (isScan) due.clear();
    const next = async () => {
      for (let each = waiting.shift(); each && !stopping.aborted; each = waiting.shift()) {
        await look(...each);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, next));
    if (isScan) scannedMs = nowMs;
  }

  return {
    async run(stopping: AbortSignal): Promise<void> {
      while (!stopping.aborted) {
        try {
          if (isOnDuty()) await once(stopping);
        } catch (error) {
          if (stopping.aborted) return;
          logger.warn({ error: String(error) }, 'tokens were not refreshed; trying again');
        }
        await clock.sleep(LOOK_EVERY_MS, stopping);
      }
    },
  };
}

/** Undefined: nothing of it is to be refreshed. */
function ownerOf(storeId: string, state: IntegrationState): TokenOwner | undefined {
  const isOver = state.status === 'none' || state.status === 'disconnected';
  if (isOver || state.status === 'suspended' || state.isAccepted === false) return undefined;
  const { provider, environment, credentialsId } = state;
  return { storeId, provider, environment, credentialsId };
}
