import type { Measured } from './task.ts';

/**
 * Keeps `inFlight` commands going, each answered before its lane sends the next one, for `roundMs`.
 * `sendNext` carries out the next command of a lane.
 */
export async function closedLoop(
  inFlight: number,
  roundMs: number,
  sendNext: (lane: number) => Promise<void>,
): Promise<Measured> {
  const from = performance.now();
  const until = from + roundMs;
  let commands = 0;
  const run = async (lane: number) => {
    while (performance.now() < until) {
      await sendNext(lane);
      commands += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, lane) => run(lane)));
  return { perSecond: (commands * 1_000) / (performance.now() - from) };
}

export interface AppendParameters {
  readonly folder: string;
  readonly inFlight: number;
  readonly roundMs: number;
}
