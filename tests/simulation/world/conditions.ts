import type { Faults, Weather } from './weather.ts';
import type { World } from './world.ts';

/** A world, its weather, and the faults that are out now: none of them once it has calmed. */
export interface Conditions {
  readonly world: World;
  readonly weather: Weather;
  readonly faults: Faults;
}

/** From now on nothing goes wrong any more. */
export function calmDown(faults: Faults): void {
  for (const name of Object.keys(faults) as (keyof Faults)[]) faults[name] = 0;
}
