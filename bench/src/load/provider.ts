import { startPaymentSimulator } from '../../../simulators/payments/server.ts';
import { CALM } from '../../../simulators/payments/settings.ts';
import { noRound, type Running } from '../harness/task.ts';

/** The payment simulator in a process of its own: every charge succeeds, without latency. */
export async function setup(): Promise<Running> {
  const simulator = await startPaymentSimulator({ settings: CALM });
  return {
    info: { port: Number(new URL(simulator.url).port) },
    round: noRound,
    close: () => simulator.stop(),
  };
}
