// Loaded before the real server (node --import): kills the process, without a word, at a named step
// of its work with the database files. The step is a statement; FAILPOINT names it as
// `<file>|<before or after>|<beginning of the statement>|<which time>`. With FAILPOINT_ARMED, the path
// of a file, the times are counted from when that file exists; else from the start.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import process from 'node:process';

const [file, moment, statement, times] = (process.env.FAILPOINT ?? '').split('|');
if (statement !== undefined) {
  const Database = createRequire(import.meta.url)('libsql');
  const { exec, prepare } = Database.prototype;
  const armedBy = process.env.FAILPOINT_ARMED;
  let armed = armedBy === undefined;
  let left = Number(times);
  const names = new WeakMap();

  const nameOf = (database) => {
    let name = names.get(database);
    if (name === undefined) {
      const rows = prepare.call(database, 'PRAGMA database_list').raw().all();
      name = basename(String(rows[0]?.[2] ?? ''));
      names.set(database, name);
    }
    return name;
  };

  // A file, since the threads of the server share nothing else with each other and the test.
  const isArmed = () => (armed ||= existsSync(armedBy));

  /** Runs one statement of the file that was named, and dies where it was told to. */
  const passing = (database, sql, run) => {
    const meant = sql.trimStart().startsWith(statement) && nameOf(database) === file;
    if (!meant || !isArmed() || (left -= 1) !== 0) return run();
    if (moment === 'before') process.kill(process.pid, 'SIGKILL');
    const result = run();
    process.kill(process.pid, 'SIGKILL');
    return result;
  };

  Database.prototype.exec = function (sql) {
    return passing(this, sql, () => exec.call(this, sql));
  };
  Database.prototype.prepare = function (sql) {
    const prepared = prepare.call(this, sql);
    const { run } = prepared;
    prepared.run = (...parameters) => passing(this, sql, () => run.call(prepared, ...parameters));
    return prepared;
  };
}
