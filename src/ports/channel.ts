/** A bidirectional message channel; each message arrives once and in order. */
export interface Channel {
  /** The message is copied; plain data, bigints, maps and errors are preserved. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called when the other side is gone and no more messages arrive. */
  onClosed(listener: () => void): void;
}
