/** One life of a process, from its start to its end. Work that outlives it is dropped: a crash. */
export interface Life {
  readonly name: string;
  alive: boolean;
  /** Until when its event loop stands still, in ms of the world. */
  pausedUntil: number;
}

/** Something that will happen at a time of the world. */
export interface Task {
  at: number;
  /** Order of asking, which decides between tasks of the same moment. */
  seq: number;
  readonly label: string;
  readonly run: () => void;
  /** Whose work it is; undefined: the world's own. */
  readonly owner: Life | undefined;
  cancelled: boolean;
}

/** A binary heap by time and order of asking. */
export function createTaskQueue() {
  const heap: Task[] = [];
  const before = (a: Task, b: Task) => a.at < b.at || (a.at === b.at && a.seq < b.seq);

  function up(from: number): void {
    const task = heap[from] as Task;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Task;
      if (!before(task, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = task;
  }

  function down(task: Task): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child++;
      const below = heap[child] as Task;
      if (!before(below, task)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = task;
  }

  return {
    push(task: Task): void {
      heap.push(task);
      up(heap.length - 1);
    },
    pop(): Task | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last) down(last);
      return first;
    },
  };
}
