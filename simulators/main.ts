import { startMercadoPagoSimulator } from './mercadopago/server.ts';
import { startPaymentSimulator } from './payments/server.ts';
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

const stop = () =>
  void Promise.all([payments.stop(), sms.close(), mercadopago.stop(), square.stop()]).then(() =>
    process.exit(0),
  );
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
