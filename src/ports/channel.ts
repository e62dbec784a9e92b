/** Carries messages to another part of the system and back, each once and in order. */
export interface Channel {
  /** The message is copied: plain data, bigints, maps and errors arrive as they were. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other side is gone; nothing comes any more. */
  onClosed(listener: () => void): void;
}
