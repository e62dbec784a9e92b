import { type Story, usd } from './story.ts';

const ON_HAND = 3;
const MUG_MINOR = 1_800;
/** More than the payment simulator accepts: it refuses it as fraud. */
const STATUE_MINOR = 240_000;

/** Orders from the web, which fulfil themselves: one that is paid, and one that is put back. */
export async function playWebShop(story: Story): Promise<void> {
  const { step, print, link, write, read, until } = story;

  const product = async (name: string, priceMinor: number) => {
    const sku = `DEMO-${name.toUpperCase()}`;
    const body = { name, sku, currency: 'USD', priceMinor, stockPolicy: 'tracked' };
    const { body: created } = await write('/products', name, body, [201]);
    const productId = String(created['productId']);
    const goods = { quantity: ON_HAND };
    await write(`/inventory/${productId}/replenishments`, `${name}-in`, goods, [201]);
    return productId;
  };
  const order = async (productId: string, key: string, quantity: number) => {
    const lines = [{ productId, quantity: String(quantity) }];
    const body = { currency: 'USD', lines, channel: 'web', fulfilment: 'auto' };
    const { body: placed } = await write('/orders', key, body, [202]);
    return String(placed['orderId']);
  };
  const fulfilled = async (orderId: string) => {
    const path = `/processes/${encodeURIComponent(`fulfilment:${orderId}`)}`;
    const process = await until(path, ({ status }) => status === 'ended');
    if (!process) throw new Error(`the fulfilment of order ${orderId} has not ended`);
    const { body } = await read(`/orders/${orderId}`);
    print(`   ${String(process['stage'])}: the order is ${String(body['status'])}`);
    link(`/orders/${orderId}/history`);
    return body;
  };
  const stock = async (productId: string) => {
    const { body } = await read(`/inventory/${productId}/availability`);
    print(`   in stock: ${String(body['onHand'])}, reserved: ${String(body['reserved'])}`);
  };

  step(`Put ${ON_HAND} mugs and ${ON_HAND} statues into the catalogue and into stock.`);
  const mug = await product('Mug', MUG_MINOR);
  const statue = await product('Statue', STATUE_MINOR);
  link('/inventory');

  step(
    'An order from the web: reserved, charged at the payment provider, and confirmed by itself.',
  );
  const paid = await fulfilled(await order(mug, 'web-mug', 2));
  print(`   paid ${usd(paid['paidMinor'])} at the payment simulator`);
  await stock(mug);

  step('Another one, which the provider refuses: all of it is put back by itself.');
  const failed = await order(statue, 'web-statue', 1);
  await fulfilled(failed);
  const { body: attempts } = await read(`/payment-attempts?orderId=${failed}`);
  const [attempt] = attempts['items'] as { status: string; reason: string }[];
  print(`   payment ${String(attempt?.status)}: ${String(attempt?.reason)}`);
  await stock(statue);
}
