/** A control request that cannot be carried out, told in words. */
export class ControlRefusal extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.name = 'ControlRefusal'
    this.statusCode = statusCode
  }
}
