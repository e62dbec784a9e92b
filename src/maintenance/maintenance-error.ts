/** Storage or a file is not as it must be; the message is for people and says what to do. */
export class MaintenanceError extends Error {}
