import { Type } from '@sinclair/typebox';

import { oneOf } from '../../../domain/kernel/schema.ts';
import { checksOf } from '../../health/checks.ts';
import { type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';

const STATES = ['operational', 'degraded', 'down'] as const;
type State = (typeof STATES)[number];

const Status = Type.Object({
  status: oneOf(STATES, 'The worst of the parts.'),
  parts: Type.Array(
    Type.Object({
      name: oneOf(['requests', 'writes', 'queries'], 'What customers of the API use.'),
      status: oneOf(STATES),
    }),
  ),
  checkedAt: Type.String({ format: 'date-time' }),
});

/** For a status page that anyone may see: it names no read model, server, version or reason. */
export const statusRoute: Route = route({
  method: 'get',
  path: '/status',
  operationId: 'getStatus',
  summary: 'Whether the service works, for a public status page',
  description: 'Degraded writes are retried; degraded queries return older documents.',
  tag: 'Health',
  permission: 'public',
  servesAlways: true,
  status: 200,
  response: Status,
  write: false,
  async handle(_request, services) {
    const parts = await partsOf(services);
    const states = parts.map(({ status }) => status);
    const status = STATES[Math.max(...states.map((state) => STATES.indexOf(state)))] ?? 'down';
    const checkedAt = new Date(services.clock.now()).toISOString();
    return { status: 200, body: { status, parts, checkedAt } };
  },
});

async function partsOf(services: Services) {
  const checks = await checksOf(services);
  const isDown = checks.some(({ name, ok }) => !ok && name !== 'projections');
  const isBehind = services.projections
    .report()
    .some(({ state, failing }) => state !== 'live' || failing !== undefined);
  const state = (isDegraded: boolean): State =>
    isDown ? 'down' : isDegraded ? 'degraded' : 'operational';
  return [
    { name: 'requests' as const, status: state(false) },
    { name: 'writes' as const, status: state(services.appendFailure() !== undefined) },
    { name: 'queries' as const, status: state(isBehind) },
  ];
}
