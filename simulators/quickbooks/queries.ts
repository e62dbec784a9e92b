import { type Fields, fieldsOf, listOf, textOf } from '../shared/fields.ts';
import type { SimReply } from '../shared/server.ts';
import { type Context, type Entity, entityOf, shown, type Thing } from './context.ts';
import { refused, TIME } from './errors.ts';

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;
const MAX_CHANGES = 1_000;
const LOOK_BACK_MS = 30 * 86_400_000;

const SELECT =
  /^\s*select\s+(\*|count\(\*\))\s+from\s+(\w+)(?:\s+where\s+(.+?))?(?:\s+orderby\s+\w+(?:\s+(?:asc|desc))?)?(?:\s+startposition\s+(\d+))?(?:\s+maxresults\s+(\d+))?\s*$/i;
const CONDITION = /^([\w.]+)\s*(=|>=|<=|>|<)\s*'((?:[^'\\]|\\.)*)'$/;

/** `select * from Customer where DisplayName = 'x' startposition 1 maxresults 100`. */
export function query(context: Context, text: string): SimReply {
  const [, what, name = '', where, start = '1', size] = SELECT.exec(text) ?? [];
  const entity = entityOf(name);
  if (what === undefined || !entity) return refused('4000', 'Error parsing query', text);
  const conditions = (where ?? '').split(/\s+and\s+/i).filter((each) => each !== '');
  const tests = conditions.map(conditionOf);
  if (tests.includes(undefined)) return refused('4000', 'Error parsing query', where);
  const limit = Number(size ?? DEFAULT_PAGE);
  if (limit > MAX_PAGE) return refused('4001', 'Invalid query: maxresults', `${limit}`);
  const found = context.held[entity]
    .allSeen()
    .filter((thing) => thing['status'] !== 'Deleted' && thing['Active'] !== false)
    .filter((thing) => tests.every((test) => test?.(thing) === true));
  const offset = Number(start) - 1;
  return {
    status: 200,
    body: { QueryResponse: pageOf(entity, what, found, offset, limit), time: TIME },
  };
}

function pageOf(
  entity: Entity,
  what: string,
  found: readonly Thing[],
  offset: number,
  limit: number,
): Fields {
  if (what !== '*') return { totalCount: found.length };
  const page = found.slice(offset, offset + limit).map(shown);
  if (page.length === 0) return {};
  return { [entity]: page, startPosition: offset + 1, maxResults: page.length };
}

function conditionOf(text: string): ((thing: Thing) => boolean) | undefined {
  const [, path = '', operator, quoted] = CONDITION.exec(text.trim()) ?? [];
  if (operator === undefined || quoted === undefined) return undefined;
  const wanted = quoted.replaceAll(/\\(.)/g, '$1');
  return (thing) => {
    const value = path.split('.').reduce<unknown>((at, name) => fieldsOf(at)[name], thing);
    const order = compared(String(value), wanted);
    return { '=': order === 0, '>=': order >= 0, '<=': order <= 0, '>': order > 0, '<': order < 0 }[
      operator as '='
    ];
  };
}

/** Times in any zone are compared as times. */
function compared(value: string, wanted: string): number {
  const [a, b] = [Date.parse(value), Date.parse(wanted)];
  if (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(b)) return a - b;
  return value < wanted ? -1 : value > wanted ? 1 : 0;
}

/** `GET /cdc`: what has changed since a time, 30 days back and 1,000 objects at most. */
export function changes(context: Context, search: URLSearchParams): SimReply {
  const since = Date.parse(search.get('changedSince') ?? '');
  const entities = (search.get('entities') ?? '').split(',').map((each) => entityOf(each.trim()));
  if (Number.isNaN(since) || entities.includes(undefined)) {
    return refused('2020', 'Required param missing', 'entities, changedSince');
  }
  if (since < context.nowMs() - LOOK_BACK_MS)
    return refused('2030', 'changedSince is too long ago');
  let left = MAX_CHANGES;
  const QueryResponse = entities.flatMap((entity) => {
    if (!entity) return [];
    const found = context.held[entity]
      .allSeen()
      .filter((each) => Date.parse(lastUpdated(each)) >= since)
      .slice(0, left)
      .map(shown);
    left -= found.length;
    if (found.length === 0) return [{}];
    return [{ [entity]: found, startPosition: 1, maxResults: found.length }];
  });
  return { status: 200, body: { CDCResponse: [{ QueryResponse }], time: TIME } };
}

const lastUpdated = (thing: Thing) =>
  textOf(fieldsOf(thing['MetaData'])['LastUpdatedTime']) ?? '1970-01-01T00:00:00Z';

const MAX_BATCH = 30;

/** `POST /batch`: one after another, each with its own outcome. */
export function batch(
  body: unknown,
  carryOut: (operation: string, entity: Entity, fields: Fields) => SimReply,
  ask: (text: string) => SimReply,
): SimReply {
  const items = listOf(fieldsOf(body)['BatchItemRequest']);
  if (items.length > MAX_BATCH) return refused('1040', 'The batch has too many items');
  const BatchItemResponse = items.map((item) => {
    const bId = item['bId'];
    const text = textOf(item['Query']);
    const [name] = Object.keys(item).filter((each) => entityOf(each));
    const entity = name === undefined ? undefined : entityOf(name);
    const reply =
      text !== undefined
        ? ask(text)
        : entity && name !== undefined
          ? carryOut(String(item['operation']), entity, fieldsOf(item[name]))
          : refused('2010', 'Unsupported item');
    const { time: _time, ...outcome } = fieldsOf(reply.body);
    return { bId, ...outcome };
  });
  return { status: 200, body: { BatchItemResponse, time: TIME } };
}
