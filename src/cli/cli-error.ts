/** Invalid input, or a request that the server rejected; the message says what to do. */
export class CliError extends Error {}
