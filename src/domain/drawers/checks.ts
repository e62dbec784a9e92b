import type { CommandContext } from '../kernel/decider.ts';
import { DomainError } from '../kernel/errors.ts';
import type { ClosedDrawer, DrawerSession, OpenDrawerState } from './state.ts';

/** @throws DomainError drawer_closed. */
export function assertOpen(drawer: DrawerSession): asserts drawer is OpenDrawerState {
  if (drawer.status === 'open') return;
  throw new DomainError('drawer_closed', `drawer session ${drawer.drawerId} is closed`, {
    drawerId: drawer.drawerId,
    closeId: drawer.closeId,
  });
}

/** @throws DomainError drawer_open. */
export function assertClosed(drawer: DrawerSession): asserts drawer is ClosedDrawer {
  if (drawer.status === 'closed') return;
  throw new DomainError('drawer_open', `drawer session ${drawer.drawerId} is open`, {
    drawerId: drawer.drawerId,
  });
}

/** @throws DomainError currency_mismatch. */
export function assertCurrency(currency: string, drawer: DrawerSession): void {
  if (currency === drawer.currency) return;
  throw new DomainError(
    'currency_mismatch',
    `expected currency ${drawer.currency}, found ${currency}`,
    { expected: drawer.currency, found: currency },
  );
}

/** @throws DomainError approval_required for a blank text, naming the field. */
export function assertJustified(text: string | undefined, field: 'reason' | 'approvedBy'): void {
  if (text !== undefined && text.trim() !== '') return;
  throw new DomainError('approval_required', `expected ${field}, found none`, { field });
}

/** Fields common to all events of a session. */
export function commonData(drawer: DrawerSession, { businessDay }: CommandContext) {
  const { drawerId, tillId, currency } = drawer;
  return { drawerId, tillId, currency, businessDay };
}
