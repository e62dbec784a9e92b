import { runOnce } from '../harness/child.ts';
import { round3 } from '../harness/statistics.ts';
import type { TaskName } from '../harness/tasks.ts';
import { withServers } from '../servers/find.ts';
import type { RowDefinition } from './row.ts';

const EVENTS = 200_000;

/**
 * A read model in MongoDB made anew from EventStoreDB. The floor is the slower of the two halves of
 * the work by themselves: the bare client reading the log, the bare driver writing the documents.
 */
export const serversReplayRow: RowDefinition = {
  name: 'servers-replay-200k',
  async run(context) {
    const { name } = serversReplayRow;
    const base = {
      name,
      unit: 'events/s',
      better: 'more' as const,
      peer: null,
      target: '>= 70 % of the slower of bare reading and bare writing',
    };
    const measured = await withServers(context, { mongo: true }, async ({ esdb, mongo }) => {
      context.progress(`${name}: appending ${EVENTS} events`);
      await runOnce('servers/generate-log', { esdb, events: EVENTS });
      const run = async (task: TaskName) => {
        const { perSecond = Number.NaN, peakMb } = await runOnce(task, {
          esdb,
          mongo,
          events: EVENTS,
        });
        context.progress(`${name} ${task}: ${Math.round(perSecond)}/s`);
        return { perSecond: round3(perSecond), peakMb: Math.round(peakMb) };
      };
      const read = await run('servers/bare-read');
      const write = await run('servers/bare-write');
      return { read, write, ours: await run('servers/replay') };
    });
    if ('missing' in measured) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [measured.missing] };
    }
    const { read, write, ours } = measured;
    const readPerSecond = read.perSecond;
    const writePerSecond = write.perSecond;
    return {
      ...base,
      ours: ours.perSecond,
      floor: Math.min(readPerSecond, writePerSecond),
      extra: { readPerSecond, writePerSecond, peakMb: ours.peakMb },
      notes: [],
    };
  },
};
