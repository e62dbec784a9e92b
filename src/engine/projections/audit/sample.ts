import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import { yieldTurn } from '../../yield-turn.ts';
import type { EngineContext } from '../context.ts';
import type { Generation } from '../folding/generation.ts';

/**
 * A uniform random sample of `count` streams of the generation's categories (reservoir sampling).
 * Streams are found by their first events, up to a position.
 */
export async function drawStreams(
  { log, ids, limits, stopping }: EngineContext,
  { projection: { categories } }: Generation,
  upTo: Position,
  count: number,
): Promise<readonly string[]> {
  const chosen: string[] = [];
  let seen = 0;
  let position = START;
  while (comparePositions(position, upTo) < 0 && !stopping.aborted) {
    const page = await log.readAll({ after: position, limit: limits.sliceEvents, categories });
    for (const event of page.events) {
      if (event.revision > 0 || comparePositions(event.position, upTo) > 0) continue;
      seen += 1;
      const index = chosen.length < count ? chosen.length : Math.floor(ids.random() * seen);
      if (index < count) chosen[index] = event.stream;
    }
    if (page.atHead) break;
    position = page.position;
    await yieldTurn();
  }
  return chosen;
}
