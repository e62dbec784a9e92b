import { drawerDecider, type RecordDrawerEntry } from '../../../domain/drawers/index.ts';
import type { FactFlag } from '../../../domain/sync/index.ts';
import { book, type Booking, isError } from './booking.ts';

interface Entry {
  readonly drawerId: string;
  readonly data: RecordDrawerEntry['data'];
}

/**
 * Records in a drawer session what has moved its cash already. The session may be closed by now:
 * its close is then corrected (B4).
 */
export async function recordCash(
  booking: Booking,
  { drawerId, data }: Entry,
): Promise<{ readonly flags: readonly FactFlag[]; readonly error?: string }> {
  const result = await book(booking, drawerDecider, {
    entityId: drawerId,
    commandId: `${data.entryId} entry`,
    command: { type: 'RecordDrawerEntry', data },
  });
  if (isError(result)) {
    const isUnknown = result.code === 'drawer_not_found';
    return { flags: isUnknown ? ['drawer-unknown'] : [], error: result.code };
  }
  const flags: FactFlag[] = [];
  const [event] = result.events;
  if (event?.type === 'DrawerCorrected') flags.push('late-for-close');
  if (result.state.status !== 'none' && result.state.expectedMinor < 0) {
    flags.push('drawer-negative');
  }
  return { flags };
}
