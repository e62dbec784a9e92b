import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import express from 'express';

import { noRound, type Running } from '../harness/task.ts';

const BODY_LIMIT = '1mb';

/**
 * A bare Express handler that parses the same JSON, appends it as one event of a new stream with
 * the bare client, and answers the same JSON as the product did once. No check, no decision, no
 * read model.
 */
export async function setup(parameters: {
  answer: string;
  path: string;
  esdb: string;
}): Promise<Running> {
  const client = EventStoreDBClient.connectionString(parameters.esdb);
  const body = JSON.parse(parameters.answer) as unknown;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: BODY_LIMIT }));
  app.post(parameters.path, async (request, response) => {
    const data = request.body as Record<string, string>;
    const event = jsonEvent({ id: randomUUID(), type: 'BareOrderPlaced', data });
    const stream = `bare-${randomUUID()}`;
    await client.appendToStream(stream, event, { expectedRevision: 'no_stream' });
    response.status(202).json(body);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  return {
    info: { port: (server.address() as AddressInfo).port },
    round: noRound,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await client.dispose();
    },
  };
}
