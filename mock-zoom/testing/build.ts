import type { TestContext } from 'node:test'

import { VirtualClock } from '../../simulator/clock.ts'
import { createMockZoom, type MockZoom, type MockZoomOptions } from '../app.ts'
import { developmentAccountSeed } from '../development-account.ts'
import { signJwt } from '../jwt.ts'
import type { WorldSeed } from '../seeds.ts'
import { aReceiver, type Receiver } from './receiver.ts'
import { room, type Room } from './room.ts'

/** A mock on a clock that stands still, and an application that takes its webhooks. */
export interface Built {
  mock: MockZoom
  receiver: Receiver
  call: (name: string) => Room
  /** A request with an API token of the default world. */
  api: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown
  ) => Promise<ApiAnswer>
  control: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown
  ) => Promise<ApiAnswer>
  apiToken: () => string
}

export interface ApiAnswer {
  status: number
  headers: Readonly<Record<string, unknown>>
  /** What the JSON said, or an empty object. */
  body: Record<string, unknown>
  text: string
}

export const startOfTests = Date.UTC(2026, 10, 23, 12)

export async function build(
  t: TestContext,
  seed: WorldSeed = {},
  options: MockZoomOptions = {}
): Promise<Built> {
  const receiver = await aReceiver()
  const mock = await createMockZoom({
    clock: new VirtualClock({ mode: 'frozen', start: startOfTests }),
    accounts: [{ ...developmentAccountSeed(receiver.url), ...seed }],
    ...options
  })
  t.after(async () => {
    await mock.close()
    await receiver.close()
  })
  const apiToken = () => {
    const { apiKey, apiSecret } = mock.world().credentials
    const iat = Math.floor(mock.world().now() / 1000)
    return signJwt({ iss: apiKey, iat, exp: iat + 3600 }, apiSecret)
  }
  const ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body: unknown,
    headers: Record<string, string>
  ): Promise<ApiAnswer> => {
    const answer = await mock.app.inject({
      method,
      url,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) })
    })
    const { statusCode: status, body: text } = answer
    return { status, headers: answer.headers, text, body: recordIn(text) }
  }
  return {
    mock,
    receiver,
    call: name => room(mock, name),
    api: (method, path, body) =>
      ask(method, `/v2${path}`, body, { authorization: `Bearer ${apiToken()}` }),
    control: (method, path, body) => ask(method, path, body, {}),
    apiToken
  }
}

/** As everybody should write it in a path. */
export function twice(id: string): string {
  return encodeURIComponent(encodeURIComponent(id))
}

function recordIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
