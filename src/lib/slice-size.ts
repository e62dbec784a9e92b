export interface SliceSizeOptions {
  readonly first: number;
  readonly max: number;
  /** A slice of more bytes halves the next one, one of less than half of it doubles it. */
  readonly targetBytes: number;
}

/** How many items to read at a time where their sizes differ by orders of magnitude. */
export interface SliceSize {
  readonly next: () => number;
  /** Adapts the next slice to the size of the last one. */
  readonly took: (bytes: number) => void;
}

export function createSliceSize({ first, max, targetBytes }: SliceSizeOptions): SliceSize {
  let size = first;
  return {
    next: () => size,
    took(bytes) {
      if (bytes > targetBytes) size = Math.max(1, Math.floor(size / 2));
      else if (bytes < targetBytes / 2) size = Math.min(max, size * 2);
    },
  };
}
