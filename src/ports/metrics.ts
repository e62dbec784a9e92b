import type { CounterName, GaugeName, HistogramName, LabelsOf } from './metric-definitions.ts';

/**
 * What operators measure (H2). Recording never fails, never waits, and touches no storage. Labels
 * hold route templates, names from the code and listed shops; never ids, texts or personal data.
 */
export interface Metrics {
  increment<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  set<N extends GaugeName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Seconds, in the buckets of the declaration. */
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, seconds: number): void;
  /** Forgets the series of a gauge, so that a label that is gone is not shown for ever. */
  reset(name: GaugeName): void;
  /** Calls `collect` before each scrape: it sets gauges from memory and must not throw. */
  onScrape(collect: () => void): void;
  /** All series in the text format of Prometheus. */
  scrape(): Promise<Scrape>;
}

export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

/** Measures nothing: for tests, the simulation and the command line. */
export const NO_METRICS: Metrics = {
  increment: () => undefined,
  set: () => undefined,
  observe: () => undefined,
  reset: () => undefined,
  onScrape: () => undefined,
  scrape: () =>
    Promise.resolve({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: '' }),
};
