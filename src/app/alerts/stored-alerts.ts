import { ALERT_RULES, type AlertRuleName } from '../../domain/alerts/index.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { DocumentQueries } from '../../ports/read-store.ts';
import type { Alert } from '../../projections/alerts/document.ts';
import { alerts } from '../../projections/alerts/projection.ts';

/** Open alerts of one shop that are read at once. */
const PAGE = 500;

export interface StoredAlert {
  readonly storeId: string;
  readonly rule: AlertRuleName;
  readonly subject: string;
  readonly raisedAtMs: number;
  readonly acknowledged: boolean;
  readonly level: number;
}

/**
 * The open alerts that the read model shows: those of the instance that ran before, and what
 * people did since. @throws when the read store does not answer.
 */
export async function readOpenAlerts(
  readStore: DocumentQueries,
  projections: Pick<ProjectionView, 'serving'>,
  storeIds: readonly string[],
): Promise<readonly StoredAlert[] | undefined> {
  const collection = projections.serving(alerts.name);
  if (collection === undefined) return undefined;
  const open: StoredAlert[] = [];
  for (const storeId of storeIds) {
    const found = await readStore.forStore(storeId).find<Alert>(collection, {
      where: { isOpen: 1 },
      orderBy: 'raisedAt',
      direction: 'descending',
      limit: PAGE,
    });
    for (const { body } of found) {
      const { rule, subject, raisedAt, status, level } = body;
      // The rule of an older version, or of a newer one.
      if (!(rule in ALERT_RULES)) continue;
      open.push({
        storeId,
        rule: rule as AlertRuleName,
        subject,
        raisedAtMs: Date.parse(raisedAt),
        acknowledged: status === 'acknowledged',
        level,
      });
    }
  }
  return open;
}
