/** Facts about a span. Never data of events, personal data, secrets or whole URLs. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Traces of requests through the system, to the ports where it leaves the process. */
export interface Tracer {
  /**
   * Runs the work inside a span: spans that begin meanwhile are its children. A rejection marks the
   * span as failed, with the class of the error and not its message. Resolves as the work does.
   */
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;
}
