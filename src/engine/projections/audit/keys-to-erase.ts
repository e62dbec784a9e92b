import type { Position } from '../../../domain/kernel/position.ts';
import { yieldTurn } from '../../yield-turn.ts';
import type { EngineContext } from '../context.ts';
import type { Generation } from '../folding/generation.ts';

/**
 * Keys of the documents about people whose erasure comes after this position. Their keys may be
 * destroyed already: then a fold of the events before it has no personal data any more, while the
 * documents have, until the read model reaches the erasure.
 */
export async function keysToErase(
  { log, types, limits }: EngineContext,
  { projection, fold, skipped }: Generation,
  after: Position,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const { categories } = projection;
  for (let position = after; ;) {
    const page = await log.readAll({ after: position, limit: limits.sliceEvents, categories });
    const erasing = page.events.filter(({ type }) => types.get(type)?.erases === true);
    for (const touch of fold.touches(erasing, skipped)) for (const key of touch.keys) keys.add(key);
    if (page.atHead) return keys;
    position = page.position;
    await yieldTurn();
  }
}
