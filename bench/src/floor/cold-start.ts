import { createServer } from 'node:http';

import Libsql from 'libsql';

// A bare Node process that opens the log of its argument, looks up its head and listens on PORT.

const db = new Libsql(process.argv[2] ?? '');
db.pragma('journal_mode = WAL');
const head = db.prepare('SELECT max(position) FROM events').raw().get() as [number];
const server = createServer((_request, response) => {
  response.end(String(head[0]));
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
  db.close();
});
