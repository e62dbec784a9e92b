/** Invalid storage or an invalid file; the message is for the operator and says what to do. */
export class MaintenanceError extends Error {}
