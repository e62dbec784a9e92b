import type { AlertStatus } from '../../domain/alerts/events.ts';
import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { Alert } from './document.ts';
import { alerts } from './projection.ts';

export interface AlertFilter {
  /** `active`: open or acknowledged. */
  readonly status?: AlertStatus | 'active' | undefined;
}

export async function findAlert(
  reads: Reads,
  storeId: string,
  alertId: string,
): Promise<Alert | undefined> {
  return (await reads.get<Alert>(alerts.name, documentKey(storeId, alertId)))?.body;
}

/** Alerts, the last raised first. */
export function listAlerts(
  reads: Reads,
  { status }: AlertFilter,
  page: PageRequest,
): Promise<Page<Alert>> {
  const where = status === 'active' ? { isOpen: 1 } : wherePresent({ status });
  return findPage(
    reads,
    alerts.name,
    { where, orderBy: 'raisedAt', direction: 'descending' },
    page,
  );
}
