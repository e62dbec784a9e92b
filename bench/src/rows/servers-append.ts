import { median, round3 } from '../harness/statistics.ts';
import { loadEmmettEsdb } from '../peer/esdb-append.ts';
import { withServers } from '../servers/find.ts';
import { alternate, type Side } from './append.ts';
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
    const peerMissing = await whyNoPeer();
    const measured = await withServers(context, { mongo: false }, async ({ esdb }) => {
      const { perSecond } = await alternate(
        name,
        IN_FLIGHT,
        [
          { side: 'ours', task: 'servers/append', parameters: { esdb } },
          { side: 'floor', task: 'servers/bare-append', parameters: { esdb } },
          ...(peerMissing === undefined
            ? [{ side: 'peer' as const, task: 'peer/esdb-append' as const, parameters: { esdb } }]
            : []),
        ],
        context,
      );
      return perSecond;
    });
    if ('missing' in measured) {
      return { ...base, ours: null, floor: null, extra: {}, notes: [measured.missing] };
    }
    const of = (side: Side) => {
      const values = measured.get(side) ?? [];
      return values.length > 0 ? round3(median(values)) : null;
    };
    const notes = peerMissing === undefined ? [] : [peerMissing];
    return { ...base, ours: of('ours'), floor: of('floor'), peer: of('peer'), extra: {}, notes };
  },
};

async function whyNoPeer(): Promise<string | undefined> {
  try {
    await loadEmmettEsdb();
    return undefined;
  } catch (error) {
    const [line] = String(error).split('\n');
    return `the peer could not be loaded (npm --prefix bench/peer-esdb ci): ${line}`;
  }
}
