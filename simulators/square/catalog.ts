import { type Fields, fieldsOf, listOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import { type Context, onceByKey, pageOf, type Thing } from './context.ts';
import { failed, invalid, notFound } from './errors.ts';

const MAX_OBJECTS = 10_000;
const MAX_PAGE = 1_000;
const LIST_PAGE = 100;

const ok = (body: unknown): SimReply => ({ status: 200, body });

/** `POST /v2/catalog/batch-upsert`: all or nothing. Ids that begin with `#` get real ones. */
export function upsertCatalog(context: Context, request: SimRequest): SimReply {
  return onceByKey(context, 'BatchUpsert', request, () => {
    const batches = listOf(fieldsOf(request.body)['batches']);
    const objects = batches.flatMap((batch) => listOf(batch['objects']));
    if (objects.length > MAX_OBJECTS) {
      return invalid('ARRAY_LENGTH_TOO_LONG', 'At most 10000 objects.', 'batches');
    }
    const stale = objects.find(({ id, version }) => {
      const held = context.catalog.current(String(id));
      return held !== undefined && version !== held['version'];
    });
    if (stale) {
      return failed(400, { code: 'VERSION_MISMATCH', detail: `Object ${String(stale['id'])}.` });
    }
    return ok(upserted(context, objects));
  });
}

function upserted(context: Context, objects: readonly Fields[]): Fields {
  const at = context.now();
  const version = context.nowMs();
  const ids = new Map<string, string>();
  const real = (id: unknown) => {
    const text = String(id);
    if (!text.startsWith('#')) return text;
    const known = ids.get(text) ?? context.newId('object');
    ids.set(text, known);
    return known;
  };
  const kept = (object: Fields): Thing => ({
    ...object,
    ...{ id: real(object['id']), updated_at: at, version, is_deleted: false },
    ...(object['item_data'] !== undefined && { item_data: itemOf(fieldsOf(object['item_data'])) }),
  });
  const itemOf = (item: Fields) => ({
    ...item,
    variations: listOf(item['variations']).map((variation) => {
      const data = fieldsOf(variation['item_variation_data']);
      const item_id = data['item_id'] === undefined ? undefined : real(data['item_id']);
      return { ...kept(variation), item_variation_data: { ...data, ...(item_id && { item_id }) } };
    }),
  });
  const made = objects.map((object) => context.catalog.put(kept(object)));
  context.event('catalog.version.updated', {
    ...{ type: 'catalog_version', id: '' },
    object: { catalog_version: { updated_at: at } },
  });
  const mappings = [...ids].map(([client_object_id, object_id]) => ({
    client_object_id,
    object_id,
  }));
  return { objects: made, updated_at: at, ...(mappings.length > 0 && { id_mappings: mappings }) };
}

/** `GET /v2/catalog/list`: what is not deleted. */
export function listCatalog({ catalog }: Context, { query }: SimRequest): SimReply {
  const types = query.get('types')?.split(',');
  const found = catalog
    .allSeen()
    .filter((each) => each['is_deleted'] !== true)
    .filter((each) => types === undefined || types.includes(String(each['type'])));
  return paged(found, LIST_PAGE, query.get('cursor') ?? undefined, types);
}

/** `POST /v2/catalog/search`: the changes after `begin_time`. */
export function searchCatalog({ catalog }: Context, { body }: SimRequest): SimReply {
  const fields = fieldsOf(body);
  const types = fields['object_types'] as readonly string[] | undefined;
  const since = Date.parse(textOf(fields['begin_time']) ?? '1970-01-01T00:00:00Z');
  const found = catalog
    .allSeen()
    .filter((each) => types === undefined || types.includes(String(each['type'])))
    .filter((each) => fields['include_deleted_objects'] === true || each['is_deleted'] !== true)
    .filter((each) => Date.parse(String(each['updated_at'])) > since);
  const limit = Math.min(Number(fields['limit'] ?? MAX_PAGE), MAX_PAGE);
  return paged(found, limit, textOf(fields['cursor']), [types, since]);
}

function paged(
  found: readonly Thing[],
  limit: number,
  cursor: string | undefined,
  query: unknown,
): SimReply {
  const page = pageOf(found, limit, cursor, query ?? null);
  if (!page) return invalid('INVALID_CURSOR', 'The cursor is of another query.', 'cursor');
  return ok({ objects: page.items, ...(page.cursor !== undefined && { cursor: page.cursor }) });
}

export function retrieveObject({ catalog }: Context, id: string): SimReply {
  const object = catalog.seen(id);
  return object ? ok({ object }) : notFound('Object');
}
