/** A request of the control API that cannot be served, with the HTTP status that says why. */
export class ControlError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
