import twilio from 'twilio'
import { development } from '../seed.ts'
import type { TestServer } from './build.ts'

/** What tests of messages ask of the world: what went out, what was told, and what the provider calls. */

/** The texts that the provider has from us, oldest first. */
export function textsAtProvider({ mock }: TestServer) {
  const world = mock.world()
  return world.journal
    .list({ match: { kind: 'message.created', direction: 'outbound-api' }, limit: 100_000 })
    .flatMap(entry => world.messages.find(String(entry['sid'])) ?? [])
}

/** The statuses that the client was told, in the order of their arrival. */
export function statusesTold({ clientApp }: TestServer, uuid?: string): unknown[] {
  return clientApp.events
    .filter(event => event.answered < 300 && event.type === 'messages.message.status_update')
    .filter(event => uuid === undefined || event.payload['message_uuid'] === uuid)
    .map(event => event.payload['internal_status'])
}

/** The message as the API shows it now. */
export async function read(server: TestServer, message: { message_uuid: string }) {
  return (await server.request('GET', `/messages/${message.message_uuid}`)).body
}

/** A callback as the provider would sign it; `path` is relative to /api/v1 and may hold a query. */
export async function callback(
  server: TestServer,
  path: string,
  form: Record<string, string> | string,
  { signature }: { signature?: string } = {}
): Promise<number> {
  const { url, headers, payload } = signedCallback(server, path, form)
  const answer = await server.app.inject({
    method: 'POST',
    url,
    headers: signature === undefined ? headers : { ...headers, 'x-twilio-signature': signature },
    payload
  })
  return answer.statusCode
}

/** The same as a request, not yet made. */
export function signedCallback(
  server: TestServer,
  path: string,
  form: Record<string, string> | string
): { url: string; headers: Record<string, string>; payload: string } {
  const payload = typeof form === 'string' ? form : new URLSearchParams(form).toString()
  const url = `/api/v1${path}`
  return {
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilio.getExpectedTwilioSignature(
        server.deps.config.TWILIO_AUTH_TOKEN,
        server.url + url,
        Object.fromEntries(new URLSearchParams(payload))
      )
    },
    payload
  }
}

/** A status callback for a message of ours. */
export function reportStatus(
  server: TestServer,
  uuid: string,
  status: string,
  { sid = sidOf(uuid), ...more }: { sid?: string; ErrorCode?: string } = {}
): Promise<number> {
  const form = {
    MessageSid: sid,
    MessageStatus: status,
    AccountSid: server.deps.config.TWILIO_ACCOUNT_SID,
    ...more
  }
  return callback(server, `/twilio_requests/webhook_message_updates?message_uuid=${uuid}`, form)
}

/** What a person's text looks like on its way to us. */
export const inboundForm = (fields: Record<string, string>): Record<string, string> => ({
  MessageSid: 'SM000000000000000000000000000000aa',
  From: development.parentNumber,
  To: development.numbers[0].number,
  Body: 'Hello',
  NumMedia: '0',
  ...fields
})

const sidOf = (uuid: string): string => `SM${uuid.replaceAll('-', '')}`
