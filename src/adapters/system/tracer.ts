import {
  isSpanContextValid,
  SpanStatusCode,
  trace,
  type Tracer as OpenTelemetryTracer,
} from '@opentelemetry/api';

import type { Tracer } from '../../ports/tracer.ts';

const NAME = 'tillstream';

/**
 * Spans through the OpenTelemetry API. Undefined when no SDK was loaded before the program: then
 * nothing is traced, and nothing is spent on it.
 */
export function createSystemTracer(): Tracer | undefined {
  const tracer = trace.getTracer(NAME);
  return isRecording(tracer) ? wrap(tracer) : undefined;
}

/** The spans of the API alone have no identity. */
function isRecording(tracer: OpenTelemetryTracer): boolean {
  const probe = tracer.startSpan('start');
  probe.end();
  return isSpanContextValid(probe.spanContext());
}

function wrap(tracer: OpenTelemetryTracer): Tracer {
  return {
    span: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work();
        } catch (error) {
          const kind = error instanceof Error ? error.name : typeof error;
          // The message may hold what a caller sent.
          span.setStatus({ code: SpanStatusCode.ERROR, message: kind });
          throw error;
        } finally {
          span.end();
        }
      }),
  };
}
