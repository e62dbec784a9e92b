import { openDatabase, prepare } from '../../../src/adapters/sqlite/database.ts';

/** Counts the events of the log named by the argument, over a connection that it closes again. */
const [path = ''] = process.argv.slice(2);
const db = openDatabase(path, 'full', 'reading');
const [count] = prepare(db, 'SELECT count(*) FROM events').all()[0] ?? [];
db.close();
process.stdout.write(`${String(count)}\n`);
