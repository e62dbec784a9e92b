import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import { LOG_ENTITY, restoreDecider } from '../../domain/restores/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';

/**
 * The generation of the log: what a device was promised in an older one may be unknown here.
 * @throws UpstreamError store_unavailable.
 */
export async function generationOf(commands: Pick<CommandEngine, 'load'>): Promise<number> {
  const { state } = await commands.load(restoreDecider, SYSTEM_STORE, LOG_ENTITY);
  return state.generation;
}
