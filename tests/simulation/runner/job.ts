import { mutants } from '../mutants/index.ts';
import { type Report, simulate } from '../simulate.ts';
import { createPrng } from '../world/prng.ts';
import { type Weather, weatherOf } from '../world/weather.ts';
import { type Less, reduced } from './arguments.ts';

/** One world to live through. */
export interface Job {
  readonly seed: number;
  readonly mutant?: string;
  readonly less?: Less;
}

export function weatherFor({ seed, less = {} }: Job): Weather {
  return reduced(weatherOf(createPrng(seed).fork('weather')), less);
}

export function carryOut(job: Job, tell?: (line: string) => void): Promise<Report> {
  const mutant = mutants.find(({ name }) => name === job.mutant);
  if (job.mutant !== undefined && !mutant) {
    throw new Error(`expected a mutant that there is, found ${job.mutant}`);
  }
  return simulate(job.seed, {
    weather: weatherFor(job),
    ...(mutant && { mutant }),
    ...(tell && { tell }),
  });
}
