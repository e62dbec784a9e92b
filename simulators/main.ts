import { startPaymentSimulator } from './payments/server.ts';

/** Starts the simulators of outside systems: `npm run simulators`. */
const port = Number(process.env['PAYMENT_SIMULATOR_PORT'] ?? 8090);
const payments = await startPaymentSimulator({ port });
process.stdout.write(`payment simulator at ${payments.url} (settings: ${payments.url}/control)\n`);

const stop = () => void payments.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
