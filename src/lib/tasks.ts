/** Work that runs beside its starter. Failures go to one handler, so that none is unhandled. */
export interface Tasks {
  start(work: () => Promise<void>): void;
  /** Resolves when nothing runs any more, what began meanwhile included. */
  settled(): Promise<void>;
}

export function createTasks(onFailure: (error: unknown) => void): Tasks {
  const running = new Set<Promise<void>>();
  return {
    start(work) {
      const task = work()
        .catch(onFailure)
        .finally(() => running.delete(task));
      running.add(task);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
