import { room, type Room } from '../../mock-zoom/testing/room.ts'
import type { Answer, TestServer } from './build.ts'

/** What tests of video calls ask of the world: calls, people who join them with the server's tokens, and what was told. */

export const createCall = (
  server: TestServer,
  fields: object = {},
  options: object = {}
): Promise<Answer> =>
  server.request('POST', '/video_calls', {
    body: { video_call: { host_username: 'Ms. Ortega', ...fields } },
    ...options
  })

export const createParticipant = (
  server: TestServer,
  fields: object,
  options: object = {}
): Promise<Answer> =>
  server.request('POST', '/video_call_participants', {
    body: { participant: { username: 'Ana Lima', ...fields } },
    ...options
  })

export const readCall = (server: TestServer, key: string, options: object = {}): Promise<Answer> =>
  server.request('GET', `/video_calls/${encodeURIComponent(key)}`, options)

/** The room of a call at mock-zoom. */
export function roomOf(server: TestServer, call: { session_name: string }): Room {
  if (!server.zoom) throw new Error('This test has no mock-zoom: build it with `zoom`')
  return room(server.zoom, call.session_name)
}

/** What the client was told of a call, in the order of its arrival. */
export function changesTold({ clientApp }: TestServer, key: string): string[] {
  return clientApp.events
    .filter(event => event.answered < 300 && event.payload['shunkan_ido_session_key'] === key)
    .map(event => String(event.payload['change']))
}
