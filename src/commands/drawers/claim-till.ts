import {
  assertOpening,
  drawerDecider,
  type OpenDrawer,
  tillDecider,
  tillInUse,
} from '../../domain/drawers/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { msBetween } from '../../domain/kernel/instant.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';

/**
 * A claim this old belongs to a request that has ended: a session that was not opened by then was
 * left by an instance that stopped between claim and opening.
 */
const UNUSED_AFTER_MS = 600_000;

/**
 * Gives the till to a drawer session, before that is opened. The till of a session that is closed,
 * or was never opened, is free. An opening that its own rules refuse gets no till: a mistyped
 * currency would keep it from the next try.
 * @param openBefore The session that was opened at the till before tills were claimed, if any.
 * @throws ConflictError drawer_in_use, with the session that has it.
 */
export async function claimTill(
  sequence: Sequence,
  drawerId: string,
  opening: OpenDrawer['data'],
  openBefore: () => Promise<string | undefined>,
): Promise<void> {
  if (!isOpenable(opening)) return;
  const { tillId } = opening;
  const { commands, context } = sequence;
  const own = await commands.load(drawerDecider, context.storeId, drawerId);
  // A repeat: the session has been opened, and the till may have gone to a later one.
  if (own.state.status !== 'none') return;
  const { state: till } = await commands.load(tillDecider, context.storeId, tillId);
  const { claimedAt } = till;
  const holder = till.drawerId ?? (await openBefore()) ?? null;
  if (holder !== null && holder !== drawerId && (await needs(sequence, holder, claimedAt))) {
    throw tillInUse(tillId, holder);
  }
  const from = till.drawerId ?? undefined;
  const data = { drawerId, ...(from !== undefined && { from }) };
  const id = stepId(sequence, `till of ${drawerId} from ${from ?? 'none'}`);
  await dispatch(sequence, id, tillDecider, tillId, { type: 'ClaimTill', data });
}

function isOpenable(opening: OpenDrawer['data']): boolean {
  try {
    assertOpening(opening);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

async function needs({ commands, context }: Sequence, drawerId: string, claimedAt: string | null) {
  const { state } = await commands.load(drawerDecider, context.storeId, drawerId);
  if (state.status !== 'none') return state.status === 'open';
  return claimedAt !== null && msBetween(claimedAt, context.now) < UNUSED_AFTER_MS;
}
