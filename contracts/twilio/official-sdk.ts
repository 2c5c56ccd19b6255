import twilio from 'twilio'

/** The official SDK's transport, but that https://host/path goes to http://mock/host/path. */
export class MockedTransport extends twilio.RequestClient {
  readonly #mockUrl: string

  constructor(mockUrl: string) {
    super()
    this.#mockUrl = mockUrl
  }

  override request: twilio.RequestClient['request'] = options => {
    options.uri = options.uri.replace('https://', `${this.#mockUrl}/`)
    return super.request(options)
  }
}
