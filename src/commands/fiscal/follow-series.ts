import {
  blockOf,
  blocksOf,
  type NumberCommand,
  numberDecider,
  type Numbers,
  type SeriesEvent,
} from '../../domain/fiscal/index.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';

type Followed = Extract<
  SeriesEvent,
  { type: 'FiscalRangeGranted' | 'FiscalRangeAbandoned' | 'FiscalNumbersSkipped' }
>;

export const FOLLOWED = [
  ...(['FiscalRangeGranted', 'FiscalRangeAbandoned', 'FiscalNumbersSkipped'] as const),
] as const satisfies readonly Followed['type'][];

export const isFollowed = <E extends { readonly type: string }>(event: E): event is E & Followed =>
  (FOLLOWED as readonly string[]).includes(event.type);

/**
 * Records with the numbers themselves what the series decided of them. The request and the process
 * that completes it use the same ids, so each is recorded once.
 */
export async function followSeries(sequence: Sequence, event: Followed): Promise<void> {
  const { seriesId, from, to } = event.data;
  for (const part of blocksOf({ from, to })) {
    const id = `${event.type} ${seriesId} ${from} ${part.from}`;
    const entityId = blockOf(seriesId, part.from);
    await dispatch(sequence, id, numberDecider, entityId, commandOf(event, part));
  }
}

function commandOf(event: Followed, part: Numbers): NumberCommand {
  switch (event.type) {
    case 'FiscalRangeGranted': {
      const { from: rangeFrom, to: rangeTo, epoch, ...held } = event.data;
      const data = { ...held, ...omitUndefined({ epoch }), ...part, rangeFrom, rangeTo };
      return { type: 'HoldNumbers', data };
    }
    case 'FiscalRangeAbandoned': {
      const { seriesId, deviceId, abandonedAt: since } = event.data;
      const why = { reason: 'device-began-again', since } as const;
      return { type: 'LoseTrack', data: { seriesId, deviceId, ...part, ...why } };
    }
    case 'FiscalNumbersSkipped': {
      const { seriesId, deviceId, skippedAt: since } = event.data;
      const data = { seriesId, ...omitUndefined({ deviceId }), ...part, since };
      return { type: 'SetNumbersAside', data };
    }
  }
}
