import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Metrics } from '../ports/metrics.ts';

const PATH = '/metrics';
/** A scraper sends a few short headers and reads at once. */
const TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 20;

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  readonly port: number;
  readonly host: string;
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Metrics on a port of their own, without a key, for scrapers on a private network.
 * @throws Error that names the port when it cannot be used.
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { metrics, port, host } = options;
  const server = createServer(
    { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, maxHeaderSize: 8_192 },
    (req, res) => {
      if (req.method !== 'GET' || req.url !== PATH) {
        res.writeHead(404, { 'Content-Type': 'text/plain' }).end(`expected GET ${PATH}\n`);
        return;
      }
      metrics.scrape().then(
        ({ contentType, text }) => {
          res
            .writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' })
            .end(text);
        },
        () => {
          res.writeHead(500).end();
        },
      );
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `expected METRICS_PORT ${port} of ${host} to be free: ${cause.message}`;
      reject(new Error(message, { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}
