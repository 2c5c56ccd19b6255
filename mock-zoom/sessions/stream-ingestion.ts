import { refusal } from '../errors.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { StreamRecord } from '../resources/stream.ts'
import { tellOfStream } from '../webhooks/stream-events.ts'
import type { World } from '../world.ts'

/*
 * Streams that come in by RTMP: bound to a session, connected by an encoder outside, and shown while they are
 * sent. There is an event for all of it but the binding.
 */

export function bindStream(session: SessionRecord, { id }: StreamRecord): void {
  session.streams[id] ??= { isConnected: false, isSending: false }
}

export function unbindStream(world: World, session: SessionRecord, stream: StreamRecord): void {
  const bound = boundTo(session, stream)
  if (bound.isSending) stopStream(world, session, stream)
  delete session.streams[stream.id]
  tellOfStream(world, session, stream, 'unbind')
}

export function sendStream(world: World, session: SessionRecord, stream: StreamRecord): void {
  const bound = boundTo(session, stream)
  if (bound.isSending) return
  bound.isSending = true
  tellOfStream(world, session, stream, 'started')
}

export function stopStream(world: World, session: SessionRecord, stream: StreamRecord): void {
  const bound = boundTo(session, stream)
  if (!bound.isSending) return
  bound.isSending = false
  tellOfStream(world, session, stream, 'stopped')
}

/** What an encoder outside does. */
export function connectStream(
  world: World,
  session: SessionRecord,
  stream: StreamRecord,
  isConnected: boolean
): void {
  const bound = boundTo(session, stream)
  if (bound.isConnected === isConnected) return
  bound.isConnected = isConnected
  tellOfStream(world, session, stream, isConnected ? 'connected' : 'disconnected')
}

function boundTo({ streams }: SessionRecord, { id }: StreamRecord) {
  const bound = Object.hasOwn(streams, id) ? streams[id] : undefined
  if (bound === undefined) throw refusal('unknownStream', id)
  return bound
}
