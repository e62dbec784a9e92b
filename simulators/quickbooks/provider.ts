import { readFileSync } from 'node:fs';

import { createFaults } from '../shared/faults.ts';
import { type Fields, fieldsOf } from '../shared/fields.ts';
import { createLimiter } from '../shared/limiter.ts';
import { schemaProblems, type Schemas } from '../shared/schema.ts';
import type { SimReply, SimRequest, SimulatedProvider } from '../shared/server.ts';
import {
  type Context,
  createContext,
  ENTITIES,
  type Entity,
  entityOf,
  type QuickBooksOptions,
  shown,
} from './context.ts';
import { read, remove, write } from './entities.ts';
import { errorBody, failed, refused, TIME } from './errors.ts';
import { authorize, revoke } from './grants.ts';
import { batch, changes, query } from './queries.ts';

const { schemas } = JSON.parse(readFileSync(new URL('./schema.json', import.meta.url), 'utf8')) as {
  readonly schemas: Schemas;
};

/** Where a value is not of Intuit's schema. */
export const problemsOf = (name: string, value: unknown): readonly string[] =>
  schemaProblems(schemas, name, value);

const MAX_REQUEST_ID = 50;

/** The rules of QuickBooks Online, without a network, for one company. */
export function createQuickBooks(options: QuickBooksOptions): SimulatedProvider {
  const context = createContext(options);
  const limiter = createLimiter(options.now);
  const violations: string[] = [];
  let isDenied = false;
  let reads = 0;

  function ofCompany(request: SimRequest, path: string): SimReply {
    if (!context.grants.isValid(request.header('authorization'))) return failed(401);
    if (limiter.isOver()) return failed(429);
    if (context.company.hasEnded) return failed(403, ENDED);
    if (request.method === 'GET') reads += 1;
    const reply = once(context, request, () => onCompany(context, request, path));
    for (const entity of ENTITIES) {
      const thing = reply.status === 200 ? fieldsOf(reply.body)[entity] : undefined;
      if (thing !== undefined) violations.push(...problemsOf(entity, thing));
    }
    return reply;
  }

  return {
    faults: createFaults(),
    errorBody,
    stale: () => context.setStale(true),
    fresh: () => context.setStale(false),
    handle(request) {
      const { path } = request;
      if (path === '/connect/oauth2') return authorize(context.grants, request, isDenied);
      if (path === '/oauth2/v1/tokens/bearer') return context.grants.token(request);
      if (path === '/v2/oauth2/tokens/revoke') return revoke(context.grants, request);
      const base = `/v3/company/${options.realmId}/`;
      return path.startsWith(base) ? ofCompany(request, path.slice(base.length)) : failed(403);
    },
    control({ method, path, body }) {
      const fields = fieldsOf(body);
      switch (`${method} ${path.slice('/control/'.length)}`) {
        case 'GET state':
          return { status: 200, body: { ...heldBy(context), reads, violations } };
        case 'PUT consent':
          isDenied = fields['isDenied'] === true;
          return DONE;
        case 'PUT limits':
          limiter.set(Number(fields['requestsPerSecond'] ?? 0));
          return DONE;
        case 'PUT company':
          Object.assign(context.company, fields);
          return DONE;
        case 'POST expiries':
          context.grants.expire();
          return DONE;
        case 'POST revocations':
          context.grants.end();
          return DONE;
        default:
          return undefined;
      }
    },
  };
}

const ENDED = { code: '6190', message: 'Invalid Company Status', type: 'ValidationFault' } as const;
const DONE: SimReply = { status: 200, body: {} };

/** The first response to a `requestid`, for ever. */
function once(context: Context, { method, query: search }: SimRequest, carryOut: () => SimReply) {
  const id = search.get('requestid');
  if (method !== 'POST' || id === null) return carryOut();
  if (id.length > MAX_REQUEST_ID) return refused('2050', 'String length is too long', 'requestid');
  const known = context.byRequestId.get(id);
  if (known) return known;
  const reply = carryOut();
  if (reply.status === 200) context.byRequestId.set(id, reply);
  return reply;
}

function onCompany(context: Context, request: SimRequest, path: string): SimReply {
  const { method, body, query: search, text } = request;
  if (path === 'query') return query(context, search.get('query') ?? text);
  if (path === 'cdc' && method === 'GET') return changes(context, search);
  if (path.startsWith('companyinfo/') && method === 'GET') return companyInfo(context);
  if (path === 'batch' && method === 'POST') {
    const one = (operation: string, entity: Entity, fields: Fields) =>
      changed(context, entity, operation, fields);
    return batch(body, one, (select) => query(context, select));
  }
  const [name = '', id] = path.split('/');
  const entity = entityOf(name);
  if (!entity) return refused('2010', 'Unsupported operation', path);
  if (method === 'GET') return read(context, entity, id ?? '');
  return changed(context, entity, search.get('operation') ?? 'update', fieldsOf(body));
}

function changed(context: Context, entity: Entity, operation: string, fields: Fields): SimReply {
  const [problem] = problemsOf(entity, fields);
  if (problem !== undefined) return failed(400, { detail: problem });
  if (operation === 'delete') return remove(context, entity, fields);
  return write(context, entity, fields);
}

function companyInfo({ realmId, now }: Context): SimReply {
  const at = now();
  const CompanyInfo = {
    ...{ Id: '1', SyncToken: '0', domain: 'QBO', sparse: false, CompanyName: 'Corner shop' },
    ...{ LegalName: `Company ${realmId}`, Country: 'US', FiscalYearStartMonth: 'January' },
    ...{ SupportedLanguages: 'en', MetaData: { CreateTime: at, LastUpdatedTime: at } },
  };
  return { status: 200, body: { CompanyInfo, time: TIME } };
}

const heldBy = ({ held, grants }: Context) => ({
  ...Object.fromEntries(ENTITIES.map((entity) => [entity, held[entity].all().map(shown)])),
  grants: grants.report(),
});
