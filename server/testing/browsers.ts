import assert from 'node:assert/strict'
import type { CallHabits } from '../../mock-twilio/carrier/persona.ts'
import type { Answer, TestServer } from './build.ts'

/** A voice token for a staff member of the class 4b. */
export const askForToken = (server: TestServer, fields: object = {}): Promise<Answer> =>
  server.request('POST', '/sdk_calls/voice_token', {
    body: {
      conversation: {
        moderator_id: 'teacher-17',
        conversation_id: 'class-4b',
        client_call_id: 'call-1',
        ...fields
      }
    }
  })

/** A browser that the SDK registered with a token of ours. Gives its identity. */
export async function aBrowser(server: TestServer, habits: CallHabits = {}): Promise<string> {
  const { status, body } = await askForToken(server)
  assert.equal(status, 201)
  for (const [method, url, payload] of [
    ['POST', '/_mock/clients', { token: body.token }],
    ['PUT', `/_mock/clients/${body.identity}`, habits]
  ] as const) {
    const { statusCode, body: answer } = await server.mock.app.inject({ method, url, payload })
    assert.ok(statusCode < 300, answer)
  }
  return body.identity
}

/** Somebody calls from a browser. */
export async function browserCalls(
  server: TestServer,
  identity: string,
  parameters: Record<string, string>
): Promise<void> {
  const { statusCode, body } = await server.mock.app.inject({
    method: 'POST',
    url: `/_mock/clients/${identity}/calls`,
    payload: { parameters }
  })
  assert.equal(statusCode, 201, body)
}
