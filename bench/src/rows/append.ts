import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { startChild, type Child } from '../harness/child.ts';
import { fdatasyncP50Ms } from '../harness/fdatasync.ts';
import { median, round3 } from '../harness/statistics.ts';
import type { Parameters } from '../harness/task.ts';
import type { TaskName } from '../harness/tasks.ts';
import type { RowContext, RowDefinition } from './row.ts';

const ROUNDS = 5;
const ROUND_MS = 2_000;

export type Side = 'ours' | 'floor' | 'peer';
const TASK_OF: Record<Side, TaskName> = {
  ours: 'ours/append',
  floor: 'floor/append',
  peer: 'peer/append',
};

/** What one side runs, and with what beside the number in flight and the length of a round. */
export interface SideTask {
  readonly side: Side;
  readonly task: TaskName;
  readonly parameters: Parameters;
}

/** Durable commands per second with so many in flight. */
export function appendRow(inFlight: number, target: string): RowDefinition {
  const name = `append-${inFlight}`;
  return {
    name,
    async run(context) {
      const sides: readonly Side[] =
        context.peerMissing === undefined ? ['ours', 'floor', 'peer'] : ['ours', 'floor'];
      const tasks = sides.map((side) => {
        const folder = join(context.folder, side);
        mkdirSync(folder);
        return { side, task: TASK_OF[side], parameters: { folder } };
      });
      const { perSecond, fdatasyncMs } = await alternate(name, inFlight, tasks, context);
      const of = (side: Side) => {
        const values = perSecond.get(side) ?? [];
        return values.length > 0 ? round3(median(values)) : null;
      };
      return {
        name,
        unit: 'commands/s',
        better: 'more',
        ours: of('ours'),
        floor: of('floor'),
        peer: of('peer'),
        target,
        extra: { fdatasyncP50Ms: round3(median(fdatasyncMs)) },
        notes: context.peerMissing === undefined ? [] : [context.peerMissing],
      };
    },
  };
}

/** Each side warms up once; then they take turns, and the disk is measured before each turn. */
export async function alternate(
  name: string,
  inFlight: number,
  tasks: readonly SideTask[],
  context: RowContext,
) {
  const children = new Map<Side, Child>();
  const perSecond = new Map<Side, number[]>();
  const fdatasyncMs: number[] = [];
  for (const { side, task, parameters } of tasks) {
    const child = await startChild(task, { ...parameters, inFlight, roundMs: ROUND_MS });
    await child.round();
    children.set(side, child);
    perSecond.set(side, []);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    fdatasyncMs.push(fdatasyncP50Ms(context.folder));
    for (const [side, child] of children) {
      const { perSecond: measured = Number.NaN } = await child.round();
      perSecond.get(side)?.push(measured);
      context.progress(`${name} round ${round}/${ROUNDS} ${side}: ${Math.round(measured)}/s`);
    }
  }
  for (const child of children.values()) await child.close();
  return { perSecond, fdatasyncMs };
}
