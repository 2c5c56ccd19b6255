import type { Dispatcher } from 'undici'

/** One request over a kept connection. */
export interface HttpCall {
  origin: string
  path: string
  method: Dispatcher.HttpMethod
  headers: Record<string, string>
  body: string | null
  /** Of the whole call, the wait for a connection included. */
  timeoutMs: number
  /** What comes beyond so many bytes of the answer is not read. All of it when absent. */
  mostBytes?: number
}

export interface HttpAnswer {
  statusCode: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/**
 * Calls with as little around it as undici allows: a third of the cost of its `request`, which makes a stream
 * and a signal for each. A call that waited for a connection until its time was over never leaves.
 *
 * @throws what the network says; a `TimeoutError` when no answer came in time
 */
export function callHttp(dispatcher: Dispatcher, call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let given: Error | undefined
    let statusCode: number | undefined
    let headers: HttpAnswer['headers'] = {}
    let length = 0
    const parts: Buffer[] = []

    const answer = (): void => {
      clearTimeout(timer)
      if (statusCode !== undefined)
        resolve({
          statusCode,
          headers,
          body: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
        })
    }
    const giveUp = (error: Error): void => {
      clearTimeout(timer)
      given = error
      controller?.abort(error)
      reject(error)
    }
    const timer = setTimeout(
      () => giveUp(new DOMException('No answer came in time', 'TimeoutError')),
      call.timeoutMs
    )

    dispatcher.dispatch(
      {
        origin: call.origin,
        path: call.path,
        method: call.method,
        headers: call.headers,
        body: call.body
      },
      {
        onRequestStart(started) {
          controller = started
          if (given) started.abort(given)
        },
        onResponseStart(_controller, status, given) {
          // What comes before the answer proper (1xx) is none.
          if (status < 200) return
          statusCode = status
          headers = given
        },
        onResponseData(reading, chunk) {
          parts.push(chunk)
          length += chunk.length
          if (call.mostBytes === undefined || length < call.mostBytes) return
          answer()
          reading.abort(new Error('The rest is not read'))
        },
        onResponseEnd: answer,
        onResponseError(_controller, error) {
          // The status was heard, and that is the answer, where the body is only shown.
          if (statusCode !== undefined && call.mostBytes !== undefined) answer()
          else giveUp(error)
        }
      }
    )
  })
}
