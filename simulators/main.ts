import { startMercadoPagoSimulator } from './mercadopago/server.ts';
import { startPaymentSimulator } from './payments/server.ts';
import { startQuickBooksSimulator } from './quickbooks/server.ts';
import { startSmsSimulator } from './sms/server.ts';
import { startSquareSimulator } from './square/server.ts';

/** Starts the simulators of outside systems: `npm run simulators`. */
const paymentPort = Number(process.env['PAYMENT_SIMULATOR_PORT'] ?? 8090);
const smsPort = Number(process.env['SMS_SIMULATOR_PORT'] ?? 8091);
const payments = await startPaymentSimulator({ port: paymentPort });
process.stdout.write(`payment simulator at ${payments.url} (settings: ${payments.url}/control)\n`);
const sms = await startSmsSimulator({ port: smsPort, successPercent: 95 });
process.stdout.write(`text messages: SMS_URL=${sms.url}/messages OUTGOING_ALLOWED=127.0.0.1\n`);

const mercadopago = await startMercadoPagoSimulator({
  port: Number(process.env['MERCADOPAGO_SIMULATOR_PORT'] ?? 8092),
});
process.stdout.write(
  `Mercado Pago at ${mercadopago.url} (faults: ${mercadopago.url}/control/faults)\n`,
);

const webhookUrl = process.env['SQUARE_SIMULATOR_WEBHOOK_URL'];
const square = await startSquareSimulator({
  port: Number(process.env['SQUARE_SIMULATOR_PORT'] ?? 8093),
  ...(webhookUrl !== undefined && { webhookUrl }),
});
process.stdout.write(`Square at ${square.url} (faults: ${square.url}/control/faults)\n`);

const quickbooksWebhookUrl = process.env['QUICKBOOKS_SIMULATOR_WEBHOOK_URL'];
const quickbooks = await startQuickBooksSimulator({
  port: Number(process.env['QUICKBOOKS_SIMULATOR_PORT'] ?? 8094),
  ...(quickbooksWebhookUrl !== undefined && { webhookUrl: quickbooksWebhookUrl }),
});
process.stdout.write(
  `QuickBooks at ${quickbooks.url} (faults: ${quickbooks.url}/control/faults)\n`,
);

const running = [payments, { stop: () => sms.close() }, mercadopago, square, quickbooks];
const stop = () => void Promise.all(running.map((each) => each.stop())).then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
