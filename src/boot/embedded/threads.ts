import { startThread } from '../../adapters/system/thread.ts';
import type { Channel } from '../../ports/channel.ts';

const YOUNG_GENERATION_MB = 64;
const WRITER_YOUNG_GENERATION_MB = 32;

/** The threads beside the main one that keep embedded storage. */
export interface EmbeddedThreads {
  /** To the thread that writes the log. */
  readonly writing: Channel;
  /** To the thread that keeps the read models. */
  readonly projecting: Channel;
  /** Resolves when a thread died: a bug. */
  readonly failed: Promise<Error>;
  /** Terminates the threads. Call after they have drained. */
  end(): Promise<void>;
}

/**
 * Starts the threads. They open no file before a message over their channels, so that they load
 * their code while the main thread loads its own.
 */
export function startEmbeddedThreads(): EmbeddedThreads {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  const start = (name: string, youngGenerationMb: number) => {
    const entry = new URL(`./${name}.${suffix}`, import.meta.url);
    return startThread({ entry, youngGenerationMb, onFailure: fail });
  };
  const projecting = start('projection-thread', YOUNG_GENERATION_MB);
  const writing = start('log-writer-thread', WRITER_YOUNG_GENERATION_MB);
  return {
    writing: writing.channel,
    projecting: projecting.channel,
    failed,
    async end() {
      await Promise.all([projecting.end(), writing.end()]);
    },
  };
}
