import { type Fields, fieldsOf, listOf, textOf } from '../shared/fields.ts';
import type { SimReply } from '../shared/server.ts';
import { type Context, type Entity, shown, type Thing } from './context.ts';
import { failed, refused, TIME } from './errors.ts';
import { centsOf, totalCents, withSubTotal } from './totals.ts';

const MAX_DOC_NUMBER = 21;
/** The field by which an entity is unique. */
const UNIQUE: Readonly<Record<Entity, string>> = {
  SalesReceipt: 'DocNumber',
  RefundReceipt: 'DocNumber',
  Invoice: 'DocNumber',
  CreditMemo: 'DocNumber',
  Deposit: 'DocNumber',
  Customer: 'DisplayName',
  Item: 'Name',
};

const isReceipt = (entity: Entity) => UNIQUE[entity] === 'DocNumber';

const response = (entity: Entity, thing: Thing): SimReply => ({
  status: 200,
  body: { [entity]: shown(thing), time: TIME },
});

export function read({ held }: Context, entity: Entity, id: string): SimReply {
  const thing = held[entity].seen(id);
  if (!thing || thing['status'] === 'Deleted') return failed(400, NOT_FOUND);
  return response(entity, thing);
}

const NOT_FOUND = { code: '610', message: 'Object Not Found' };

/** A body with an id is an update; `sparse` keeps the fields that it does not name. */
export function write(context: Context, entity: Entity, body: Fields): SimReply {
  const id = textOf(body['Id']);
  const current = id === undefined ? undefined : context.held[entity].current(id);
  if (id !== undefined && !current) return failed(400, NOT_FOUND);
  if (current && body['SyncToken'] !== current['SyncToken']) {
    return refused('5010', 'Stale Object Error', 'You and another user worked on this.');
  }
  const merged = current && body['sparse'] === true ? { ...current, ...body } : body;
  const closed = closedRefusal(context, entity, [merged, current]);
  return closed ?? refusal(context, entity, merged) ?? saved(context, entity, merged, current);
}

/** Nothing of a closed period is made, changed or deleted. */
function closedRefusal(
  { company }: Context,
  entity: Entity,
  versions: readonly (Fields | undefined)[],
): SimReply | undefined {
  const days = versions.map((fields) => textOf(fields?.['TxnDate']) ?? '9999-12-31');
  if (!isReceipt(entity) || days.every((day) => day > company.closedUntil)) return undefined;
  return refused('6210', 'Account Period Closed', 'The account period has closed.');
}

function saved(context: Context, entity: Entity, fields: Fields, current?: Thing): SimReply {
  const { now, newId, held, changed } = context;
  const at = now();
  const { sparse: _sparse, ...plain } = fields;
  const id = current?.id ?? newId();
  const meta = fieldsOf(current?.['MetaData']);
  const thing = held[entity].put({
    ...plain,
    ...{ id, Id: id, SyncToken: String(Number(current?.['SyncToken'] ?? -1) + 1) },
    ...{ domain: 'QBO', sparse: false },
    MetaData: { CreateTime: meta['CreateTime'] ?? at, LastUpdatedTime: at },
    ...(isReceipt(entity)
      ? { ...(entity !== 'Deposit' && { Line: withSubTotal(plain) }), ...sumsOf(entity, plain) }
      : { Active: plain['Active'] ?? true }),
  });
  changed(entity, id, current ? 'Update' : 'Create');
  return response(entity, thing);
}

/** An invoice is owed but for its deposit; a receipt is paid. */
function sumsOf(entity: Entity, fields: Fields) {
  const cents = totalCents(fields) ?? 0;
  const owed = entity === 'Invoice' ? cents - (centsOf(fields['Deposit'] ?? 0) ?? 0) : 0;
  return { TotalAmt: cents / 100, ...(entity !== 'Deposit' && { Balance: owed / 100 }) };
}

function refusal(context: Context, entity: Entity, fields: Fields): SimReply | undefined {
  const field = UNIQUE[entity];
  const value = textOf(fields[field]);
  if (!isReceipt(entity) && value === undefined) return missing(field);
  if (value?.includes(':') === true && entity === 'Item') {
    return refused('2040', 'Invalid String', `${field} has a colon.`);
  }
  const isTaken = context.held[entity]
    .all()
    .some((each) => each[field] === value && each['Id'] !== fields['Id'] && isThere(each));
  if (value !== undefined && isTaken) {
    return isReceipt(entity)
      ? refused('6140', 'Duplicate Document Number Error', `DocNumber=${value} is assigned.`)
      : refused('6240', 'Duplicate Name Exists Error', 'The name supplied already exists.');
  }
  return isReceipt(entity) ? receiptRefusal(context, entity, fields) : itemRefusal(entity, fields);
}

const isThere = (thing: Thing) => thing['status'] !== 'Deleted';
const missing = (field: string) =>
  refused('2020', 'Required param missing, need to supply the required value', field);

const itemRefusal = (entity: Entity, fields: Fields) =>
  entity === 'Item' && fields['IncomeAccountRef'] === undefined
    ? missing('IncomeAccountRef')
    : undefined;

function receiptRefusal(context: Context, entity: Entity, fields: Fields): SimReply | undefined {
  const lines = listOf(fields['Line']);
  if (lines.length === 0) return missing('Line');
  if (entity === 'Deposit' && lines.some((line) => !hasAccount(line))) return missing('AccountRef');
  if (
    (entity === 'RefundReceipt' || entity === 'Deposit') &&
    fields['DepositToAccountRef'] === undefined
  ) {
    return missing('DepositToAccountRef');
  }
  const needsCustomer = entity === 'Invoice' || entity === 'CreditMemo';
  if (needsCustomer && fields['CustomerRef'] === undefined) return missing('CustomerRef');
  if ((textOf(fields['DocNumber']) ?? '').length > MAX_DOC_NUMBER) {
    return refused('2050', 'String length is either shorter or longer', 'DocNumber');
  }
  if (totalCents(fields) === undefined) {
    return refused('6070', 'Amount is not equal to UnitPrice * Qty');
  }
  const unknown = lines.find((line) => {
    const ref = textOf(fieldsOf(fieldsOf(line['SalesItemLineDetail'])['ItemRef'])['value']);
    return ref !== undefined && !context.held.Item.current(ref);
  });
  if (unknown) return refused('2500', 'Invalid Reference Id', 'Item');
  const inactive = lines.find((line) => {
    const ref = textOf(fieldsOf(fieldsOf(line['SalesItemLineDetail'])['ItemRef'])['value']);
    return ref !== undefined && context.held.Item.current(ref)?.['Active'] === false;
  });
  return inactive ? failed(400, NOT_FOUND) : undefined;
}

const hasAccount = (line: Fields) =>
  fieldsOf(line['DepositLineDetail'])['AccountRef'] !== undefined;

/** `?operation=delete`. */
export function remove(context: Context, entity: Entity, body: Fields): SimReply {
  const current = context.held[entity].current(textOf(body['Id']) ?? '');
  if (!current || !isThere(current)) return failed(400, NOT_FOUND);
  if (!isReceipt(entity)) return refused('2010', 'Names can only be made inactive');
  if (body['SyncToken'] !== current['SyncToken']) return refused('5010', 'Stale Object Error');
  const closed = closedRefusal(context, entity, [current]);
  if (closed) return closed;
  const at = context.now();
  const meta = { ...fieldsOf(current['MetaData']), LastUpdatedTime: at };
  context.held[entity].put({
    ...{ id: current.id, Id: current.id, domain: 'QBO', status: 'Deleted', MetaData: meta },
  });
  context.changed(entity, current.id, 'Delete');
  const deleted = { Id: current.id, domain: 'QBO', status: 'Deleted' };
  return { status: 200, body: { [entity]: deleted, time: TIME } };
}
