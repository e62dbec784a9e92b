import type { AddressInfo } from 'node:net';

import express from 'express';

import { noRound, type Running } from '../harness/task.ts';

const BODY_LIMIT = '1mb';

/**
 * A bare Express handler that parses the same JSON as `POST /orders` and answers the same JSON as
 * the product did once: no check, no decision, nothing stored.
 */
export async function setup({ answer, path }: { answer: string; path: string }): Promise<Running> {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: BODY_LIMIT }));
  const body = JSON.parse(answer) as unknown;
  let parsed = 0;
  app.post(path, (request, response) => {
    const order = request.body as { lines?: unknown };
    if (!Array.isArray(order.lines)) {
      response.status(400).end();
      return;
    }
    parsed += 1;
    response.status(202).json(body);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  return {
    info: { port: (server.address() as AddressInfo).port },
    round: noRound,
    close: () =>
      new Promise((resolve) => {
        if (parsed === 0) console.error('the bare handler met no request');
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
