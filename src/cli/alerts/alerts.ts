import { randomUUID } from 'node:crypto';

import { type ApiClient, type ApiResponse, rejection } from '../api-client.ts';
import { readItems } from '../read-api.ts';

/** The shop's own alerts, or those of the installation. */
export type AlertScope = 'shop' | 'system' | 'all';

export interface AlertOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

interface ListedAlert {
  readonly alertId: string;
  readonly status: string;
  readonly severity: string;
  readonly title: string;
  readonly detail: string;
  readonly raisedAt: string;
  readonly acknowledgedBy: string;
  readonly runbook: string;
}

/** Alerts that are read of one list. */
const MAX_ALERTS = 10_000;
const PATHS = { shop: '/alerts', system: '/alerts/system' } as const;

/** Lists the alerts that are not resolved; with `all`, those of the past too. */
export async function listAlerts(
  { client, json, out }: AlertOptions,
  { scope, all }: { readonly scope: AlertScope; readonly all: boolean },
): Promise<void> {
  const paths = scope === 'all' ? [PATHS.system, PATHS.shop] : [PATHS[scope]];
  const found: ListedAlert[] = [];
  for (const path of paths) found.push(...(await readAll(client, path, all)));
  if (json) out(`${JSON.stringify(found)}\n`);
  else if (found.length === 0) out('no alerts\n');
  else for (const alert of found) out(toText(alert));
}

async function readAll(client: ApiClient, path: string, all: boolean): Promise<ListedAlert[]> {
  const found: ListedAlert[] = [];
  const filters = all ? {} : { status: 'active' };
  for await (const alert of readItems<ListedAlert>(client, path, filters, MAX_ALERTS)) {
    found.push(alert);
  }
  return found;
}

function toText(alert: ListedAlert): string {
  const { alertId, status, severity, title, detail, raisedAt, acknowledgedBy, runbook } = alert;
  const by = acknowledgedBy === '' ? '' : ` by ${acknowledgedBy}`;
  const why = detail === '' ? '' : `: ${detail}`;
  return `${severity.padEnd(8)}  ${alertId}\n  ${title}${why}\n  ${status}${by}, raised ${raisedAt}; see ${runbook}\n`;
}

/** Acknowledges or closes one alert. @throws CliError with the error of the server. */
export async function changeAlert(
  { client, json, out }: AlertOptions,
  change: {
    readonly alertId: string;
    readonly operation: 'acknowledge' | 'resolve';
    readonly scope: 'shop' | 'system';
    readonly note: string | undefined;
  },
): Promise<void> {
  const { alertId, operation, scope, note } = change;
  const path = `${PATHS[scope]}/${encodeURIComponent(alertId)}/${operation}`;
  const body = note === undefined ? {} : { note };
  const changed = expectDone(await client.post(path, { key: randomUUID(), body }));
  out(json ? `${JSON.stringify(changed)}\n` : `${alertId} is ${String(changed['status'])}\n`);
}

function expectDone(response: ApiResponse): ApiResponse['body'] {
  if (response.status < 300) return response.body;
  throw rejection(response);
}
