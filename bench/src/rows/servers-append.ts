import { median, round3 } from '../harness/statistics.ts';
import { withServers } from '../servers/find.ts';
import { alternate } from './append.ts';
import type { RowDefinition } from './row.ts';

const IN_FLIGHT = 64;

/** Commands per second on EventStoreDB, beside the bare client appending the same events. */
export const serversAppendRow: RowDefinition = {
  name: 'servers-append-64',
  async run(context) {
    const { name } = serversAppendRow;
    const base = {
      name,
      unit: 'commands/s',
      better: 'more' as const,
      peer: null,
      target: '>= 70 % of the bare client',
    };
    const measured = await withServers(context, { mongo: false }, async ({ esdb }) => {
      const { perSecond } = await alternate(
        name,
        IN_FLIGHT,
        [
          { side: 'ours', task: 'servers/append', parameters: { esdb } },
          { side: 'floor', task: 'servers/bare-append', parameters: { esdb } },
        ],
        context,
      );
      return perSecond;
    });
    if ('missing' in measured) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [measured.missing] };
    }
    const of = (side: 'ours' | 'floor') => round3(median(measured.get(side) ?? []));
    return { ...base, ours: of('ours'), floor: of('floor'), extra: {}, notes: [] };
  },
};
