// Shop b: places an order and reads it, five times a second, over connections that it keeps. In a
// process of its own, so that the work of the attacks does not delay its clock.
import { Agent } from 'node:http';

import { smallOrder } from './payloads.ts';
import { type HttpRequest, send } from './requests.ts';

const EVERY_MS = 200;
const PATIENCE_MS = 20_000;

let server: { readonly url: string; readonly key: string } | undefined;
let agent = new Agent({ keepAlive: true });
let placed = 0;

async function sale(): Promise<void> {
  if (!server) return;
  const { url, key } = server;
  const mine = agent;
  const ask = async (request: HttpRequest) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reply = await send(url, request, { agent: mine, signal, keepBody: true });
    process.send?.({ label: reply.label, tookMs: reply.tookMs });
    return reply;
  };
  const authorization = { authorization: `Bearer ${key}` };
  const order = await ask({
    method: 'POST',
    path: '/orders',
    headers: {
      ...authorization,
      'content-type': 'application/json',
      'idempotency-key': `honest-${process.pid}-${placed++}`,
    },
    body: smallOrder,
  });
  if (order.label !== '202') return;
  const { orderId, position } = JSON.parse(order.body) as { orderId: string; position: string };
  await ask({
    method: 'GET',
    path: `/orders/${orderId}`,
    headers: { ...authorization, 'tillstream-position': position },
  });
}

process.on('message', (message) => {
  agent.destroy();
  agent = new Agent({ keepAlive: true });
  server = (message as { server?: { url: string; key: string } }).server;
});
process.once('disconnect', () => process.exit());
setInterval(() => void sale(), EVERY_MS);
