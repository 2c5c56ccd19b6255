import { Type } from '@sinclair/typebox'

import { refusal } from '../../errors.ts'
import { withBody, type Call, type Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { StreamRecord } from '../../resources/stream.ts'
import { findSession } from '../sessions/find-session.ts'

// The labels of all of these: [unverified].

const name = Type.String({ minLength: 1, maxLength: 200 })
const description = Type.Optional(Type.String({ maxLength: 1000 }))

const NewStream = Type.Object({ stream_name: name, stream_description: description })

const StreamChange = Type.Object({
  stream_name: Type.Optional(name),
  stream_description: description
})

export const createStream: Operation = {
  name: 'create-stream-ingestion',
  method: 'POST',
  path: '/videosdk/stream_ingestions',
  label: 'Medium',
  status: 201,
  handle: withBody(NewStream, ({ world }, body) => {
    const id = world.ids.token()
    const stream: StreamRecord = {
      id,
      seq: ++world.counts.streams,
      name: body.stream_name,
      description: body.stream_description ?? '',
      key: world.ids.token(),
      url: 'rtmps://ingest.zoom.example/live',
      backupUrl: 'rtmps://ingest-backup.zoom.example/live'
    }
    world.streams.set(id, stream)
    return shownStream(stream)
  })
}

export const listStreams: Operation = {
  name: 'list-stream-ingestions',
  method: 'GET',
  path: '/videosdk/stream_ingestions',
  label: 'Medium',
  status: 200,
  handle: ({ world, query }) => {
    const { items, ...page } = pageOf(world, {
      items: [...world.streams.values()],
      key: ({ id }) => id,
      query,
      usualSize: 30,
      mostSize: 300
    })
    return { ...page, stream_ingestions: items.map(shownStream) }
  }
}

export const fetchStream: Operation = {
  name: 'fetch-stream-ingestion',
  method: 'GET',
  path: '/videosdk/stream_ingestions/{streamId}',
  label: 'Light',
  status: 200,
  handle: call => shownStream(findStream(call))
}

export const updateStream: Operation = {
  name: 'update-stream-ingestion',
  method: 'PATCH',
  path: '/videosdk/stream_ingestions/{streamId}',
  label: 'Light',
  status: 204,
  handle: withBody(StreamChange, (call, body) => {
    const stream = findStream(call)
    stream.name = body.stream_name ?? stream.name
    stream.description = body.stream_description ?? stream.description
    return undefined
  })
}

export const deleteStream: Operation = {
  name: 'delete-stream-ingestion',
  method: 'DELETE',
  path: '/videosdk/stream_ingestions/{streamId}',
  label: 'Light',
  status: 204,
  handle: call => {
    call.world.streams.delete(findStream(call).id)
    return undefined
  }
}

export const listSessionStreams: Operation = {
  name: 'list-session-stream-ingestions',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/stream_ingestions',
  label: 'Light',
  status: 200,
  handle: call => {
    const { streams } = findSession(call)
    return Object.entries(streams).map(([id, { isConnected, isSending }]) => ({
      stream_id: id,
      rtmp_connection_status: Number(isConnected),
      rtmp_stream_push_status: Number(isSending)
    }))
  }
}

function findStream({ world, params }: Call): StreamRecord {
  const { streamId = '' } = params
  const stream = world.streams.get(streamId)
  if (stream === undefined) throw refusal('unknownStream', streamId)
  return stream
}

function shownStream(stream: StreamRecord): Record<string, unknown> {
  return {
    stream_id: stream.id,
    stream_name: stream.name,
    stream_description: stream.description,
    stream_key: stream.key,
    stream_url: stream.url,
    backup_stream_url: stream.backupUrl
  }
}
