import { InvariantError } from '../../domain/kernel/errors.ts';
import { formatPosition, parsePosition, type Position } from '../../domain/kernel/position.ts';
import type {
  CollectionSpec,
  DocumentWrite,
  FieldValue,
  Query,
  StoredDocument,
} from '../../ports/read-store.ts';
import { type Database, prepare, type Row, type Statement } from './database.ts';

const MAX_LIMIT = 1_000;
const COLUMNS = 'key, store_id, position, epoch, body';

/** One collection as a table; the fields of its indexes are columns beside the JSON body. */
export interface CollectionTable {
  write(document: DocumentWrite): void;
  load(keys: readonly string[]): StoredDocument[];
  get(storeId: string, key: string): StoredDocument | undefined;
  find(storeId: string, query: Query): StoredDocument[];
  scan(afterKey: string, limit: number): StoredDocument[];
}

function identifier(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,80}$/.test(name)) {
    throw new InvariantError('a collection or field name of letters, digits and _', { name });
  }
  return name;
}

export function tableName(collection: string): string {
  return `d_${identifier(collection.replaceAll('-', '_'))}`;
}

/** An index column is never NULL: a missing field sorts as the empty text. */
function fieldOf(body: unknown, field: string): FieldValue {
  const value = (body as Record<string, unknown>)[field];
  return typeof value === 'number' || typeof value === 'string' ? value : '';
}

export function positionOfText(text: string): Position {
  const position = parsePosition(text);
  if (!position) throw new InvariantError('a stored position', { text });
  return position;
}

function toDocument(row: Row): StoredDocument {
  return {
    key: row[0] as string,
    storeId: row[1] as string,
    position: positionOfText(row[2] as string),
    epoch: row[3] as number,
    body: JSON.parse(row[4] as string) as unknown,
  };
}

/** Opens a collection that was created before, over this or another connection. */
export function openCollection(db: Database, spec: CollectionSpec): CollectionTable {
  const table = tableName(spec.name);
  const fields = fieldsOf(spec);

  const columns = fields.map((field) => `, f_${field}`).join('');
  const marks = fields.map(() => ', ?').join('');
  const updates = fields.map((field) => `, f_${field} = excluded.f_${field}`).join('');
  const upsert = prepare(
    db,
    `INSERT INTO ${table} (${COLUMNS}${columns}) VALUES (?, ?, ?, ?, ?${marks})
     ON CONFLICT (key) DO UPDATE SET store_id = excluded.store_id, position = excluded.position,
       epoch = excluded.epoch, body = excluded.body${updates}`,
  );
  const remove = prepare(db, `DELETE FROM ${table} WHERE key = ?`);
  const byKeys = prepare(
    db,
    `SELECT ${COLUMNS} FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`,
  );
  const byKey = prepare(db, `SELECT ${COLUMNS} FROM ${table} WHERE key = ? AND store_id = ?`);
  const afterKeyOf = prepare(
    db,
    `SELECT ${COLUMNS} FROM ${table} WHERE key > ? ORDER BY key LIMIT ?`,
  );
  const queries = new Map<string, Statement>();

  const columnOf = (field: string): string => {
    if (fields.includes(field)) return `f_${field}`;
    throw new InvariantError(`a field that an index of ${spec.name} declares`, { field });
  };

  function statementFor(query: Query): { statement: Statement; parameters: FieldValue[] } {
    const parameters: FieldValue[] = [];
    const conditions: string[] = [];
    const add = (condition: string, ...values: FieldValue[]) => {
      conditions.push(condition);
      parameters.push(...values);
    };
    for (const [field, value] of Object.entries(query.where ?? {})) {
      add(`${columnOf(field)} = ?`, value);
    }
    if (query.range?.from !== undefined)
      add(`${columnOf(query.range.field)} >= ?`, query.range.from);
    if (query.range?.below !== undefined)
      add(`${columnOf(query.range.field)} < ?`, query.range.below);
    const order = columnOf(query.orderBy);
    const descending = query.direction === 'descending';
    if (query.after) {
      add(`(${order}, key) ${descending ? '<' : '>'} (?, ?)`, query.after.value, query.after.key);
    }
    const direction = descending ? 'DESC' : 'ASC';
    const sql = `SELECT ${COLUMNS} FROM ${table} WHERE store_id = ?
      ${conditions.map((condition) => `AND ${condition}`).join(' ')}
      ORDER BY ${order} ${direction}, key ${direction} LIMIT ?`;
    let statement = queries.get(sql);
    if (!statement) {
      statement = prepare(db, sql);
      queries.set(sql, statement);
    }
    return { statement, parameters };
  }

  return {
    write({ key, storeId, position, epoch, body }) {
      if (body === undefined) {
        remove.run(key);
        return;
      }
      upsert.run(
        key,
        storeId,
        formatPosition(position),
        epoch,
        JSON.stringify(body),
        ...fields.map((field) => fieldOf(body, field)),
      );
    },
    load: (keys) => byKeys.all(JSON.stringify(keys)).map(toDocument),
    get(storeId, key) {
      const row = byKey.all(key, storeId)[0];
      return row && toDocument(row);
    },
    find(storeId, query) {
      const { statement, parameters } = statementFor(query);
      const limit = Math.max(1, Math.min(query.limit, MAX_LIMIT));
      return statement.all(storeId, ...parameters, limit).map(toDocument);
    },
    scan: (afterKey, limit) => afterKeyOf.all(afterKey, limit).map(toDocument),
  };
}

function fieldsOf(spec: CollectionSpec): string[] {
  return [...new Set(spec.indexes.flatMap((index) => index.fields))].map(identifier);
}

/** Creates the table and its indexes where they are missing. */
export function createCollection(db: Database, spec: CollectionSpec): void {
  const table = tableName(spec.name);
  const fields = fieldsOf(spec);
  const columns = fields.map((field) => `, f_${field}`).join('');
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (
       key TEXT NOT NULL UNIQUE, store_id TEXT NOT NULL, position TEXT NOT NULL,
       epoch INTEGER NOT NULL, body TEXT NOT NULL${columns})`,
  );
  const columnNames = new Set(
    db.prepare(`PRAGMA table_info(${table})`).raw().all().map(nameOfColumn),
  );
  for (const field of fields) if (!columnNames.has(`f_${field}`)) addField(db, table, field);
  for (const index of spec.indexes) {
    const list = index.fields.map((field) => `f_${field}`).join(', ');
    db.exec(
      `CREATE INDEX IF NOT EXISTS ${table}__${identifier(index.name)}
       ON ${table} (store_id, ${list}, key)`,
    );
  }
}

const nameOfColumn = (row: unknown): unknown => (row as Row)[1];

/** Adds the column of a newly indexed field, filled from the bodies as `fieldOf` would. */
function addField(db: Database, table: string, field: string): void {
  const path = `'$.${field}'`;
  db.exec(
    `BEGIN IMMEDIATE;
     ALTER TABLE ${table} ADD COLUMN f_${field};
     UPDATE ${table} SET f_${field} = CASE WHEN json_type(body, ${path})
       IN ('text', 'integer', 'real') THEN json_extract(body, ${path}) ELSE '' END;
     COMMIT`,
  );
}
