import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import { callByName } from '../../engine/projections/projection-operations.ts';
import { coalesce } from './coalesce.ts';
import { FORWARDED, REMOTE, type RemoteState } from './protocol.ts';
import type { Rpc } from './rpc.ts';

/** The side of the channel where the projection engine runs. */
export interface ProjectionHost {
  /** For the engine: whether a caller at the other side waits for a position. */
  readonly hasWaiters: () => boolean;
  /** For the engine, to be called after every step of progress. */
  readonly onProgress: () => void;
  /** Lets the other side call this engine. */
  serve(engine: ProjectionEngine): void;
}

export function createProjectionHost(rpc: Rpc, names: readonly string[]): ProjectionHost {
  let hasWaiters = false;
  let started: ProjectionEngine | undefined;

  const publishSoon = coalesce(async () => {
    // The present step of progress ends first.
    await Promise.resolve();
    if (started) await publishState(started);
  });

  function stateOf(engine: ProjectionEngine): RemoteState {
    return {
      reports: engine.report(),
      serving: new Map(names.map((name) => [name, engine.serving(name)])),
      counts: new Map(engine.counts()),
      run: engine.runOf(names[0] ?? ''),
    };
  }

  /** Once the other side is gone, no caller is left that needs the state. */
  async function publishState(engine: ProjectionEngine): Promise<void> {
    try {
      await rpc.call<undefined>(REMOTE.state, stateOf(engine));
    } catch {
      // The next step of progress publishes again.
    }
  }

  return {
    hasWaiters: () => hasWaiters,
    onProgress() {
      if (started) publishSoon();
    },
    serve(engine) {
      rpc.handle(REMOTE.hasWaiters, (value: boolean) => {
        hasWaiters = value;
      });
      rpc.handle(REMOTE.watch, (watched: readonly string[]) => {
        engine.watch(watched, (projection, keys) => {
          // Once the other side is gone, no cache is left to be invalidated.
          rpc.call(REMOTE.changed, projection, keys).catch(() => undefined);
        });
      });
      rpc.handle(REMOTE.start, async () => {
        await engine.start();
        started = engine;
        return stateOf(engine);
      });
      rpc.handle(REMOTE.stop, () => engine.stop());
      for (const method of FORWARDED) {
        rpc.handle(method, async (...args) => {
          const result = await callByName(engine, method, args);
          // Published before the result, so that the caller sees the state after its operation.
          void publishState(engine);
          return result;
        });
      }
    },
  };
}
