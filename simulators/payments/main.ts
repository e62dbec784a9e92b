import { startPaymentSimulator } from './server.ts';
import { CALM } from './settings.ts';

/** Starts the payment simulator alone, with nothing that fails by chance, on any free port. */
const simulator = await startPaymentSimulator({ settings: CALM });
process.stdout.write(`payment simulator at ${simulator.url}\n`);

const stop = () => void simulator.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
