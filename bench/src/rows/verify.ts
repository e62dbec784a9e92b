import { join } from 'node:path';

import { runOnce } from '../harness/child.ts';
import { median, round3 } from '../harness/statistics.ts';
import type { Measured } from '../harness/task.ts';
import { inputLog } from './inputs.ts';
import type { RowDefinition } from './row.ts';

export interface VerifySize {
  readonly name: string;
  readonly events: number;
  readonly rounds: number;
}

/** All documents of a read model compared with the log, against what it took to build them. */
export function verifyRow({ name, events, rounds }: VerifySize): RowDefinition {
  return {
    name,
    async run(context) {
      const log = await inputLog(context, name, { events });
      const all: Measured[] = [];
      for (let round = 1; round <= rounds; round++) {
        const documents = join(context.folder, `documents-${round}.db`);
        const measured = await runOnce('ours/verify', { log, documents, events });
        all.push(measured);
        const rate = (field: string) => Math.round(measured[field] ?? Number.NaN);
        context.progress(
          `${name} round ${round}/${rounds}: ${rate('perSecond')}/s, built at ${rate('replayPerSecond')}/s`,
        );
      }
      const medianOf = (field: string) =>
        round3(median(all.map((measured) => measured[field] ?? Number.NaN)));
      return {
        name,
        unit: 'events/s',
        better: 'more',
        ours: medianOf('perSecond'),
        floor: medianOf('replayPerSecond'),
        peer: null,
        target: '>= 60 % of the rate at which it was built, < 400 MB',
        extra: {
          documents: medianOf('documents'),
          peakMb: Math.round(Math.max(...all.map((measured) => measured['peakMb'] ?? 0))),
        },
        notes: [],
      };
    },
  };
}
