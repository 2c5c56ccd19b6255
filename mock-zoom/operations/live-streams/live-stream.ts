import { Type } from '@sinclair/typebox'

import { invalid } from '../../errors.ts'
import { withBody, type Operation } from '../../operation.ts'
import { startLiveStream, stopLiveStream } from '../../sessions/live-stream.ts'
import { findLiveSession, findSession } from '../sessions/find-session.ts'

const Url = Type.String({ pattern: '^[a-z]+://', maxLength: 1024 })

const LiveStreamSettings = Type.Object({
  stream_url: Url,
  stream_key: Type.String({ minLength: 1, maxLength: 512 }),
  page_url: Url,
  resolution: Type.Optional(Type.String({ maxLength: 20 }))
})

const LiveStreamStatus = Type.Object({
  action: Type.Union([Type.Literal('start'), Type.Literal('stop'), Type.Literal('mode')]),
  settings: Type.Optional(
    Type.Object({
      active_speaker_name: Type.Optional(Type.Boolean()),
      display_name: Type.Optional(Type.String({ maxLength: 50 })),
      layout: Type.Optional(
        Type.Union([Type.Literal('gallery_view'), Type.Literal('speaker_view')])
      ),
      close_caption: Type.Optional(
        Type.Union([Type.Literal('burnt-in'), Type.Literal('embedded'), Type.Literal('off')])
      )
    })
  )
})

// The labels and the statuses of success of all three: [unverified].

export const fetchLiveStream: Operation = {
  name: 'fetch-live-stream',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/livestream',
  label: 'Light',
  status: 200,
  handle: call => {
    const { streamUrl, streamKey, pageUrl, resolution } = findSession(call).liveStream
    return { stream_url: streamUrl, stream_key: streamKey, page_url: pageUrl, resolution }
  }
}

export const updateLiveStream: Operation = {
  name: 'update-live-stream',
  method: 'PATCH',
  path: '/videosdk/sessions/{sessionId}/livestream',
  label: 'Light',
  status: 204,
  handle: withBody(LiveStreamSettings, (call, body) => {
    const { liveStream } = findSession(call)
    liveStream.streamUrl = body.stream_url
    liveStream.streamKey = body.stream_key
    liveStream.pageUrl = body.page_url
    liveStream.resolution = body.resolution ?? ''
    return undefined
  })
}

/** `mode` changes how it looks, which nobody sees here. */
export const updateLiveStreamStatus: Operation = {
  name: 'update-live-stream-status',
  method: 'PATCH',
  path: '/videosdk/sessions/{sessionId}/livestream/status',
  label: 'Light',
  status: 204,
  handle: withBody(LiveStreamStatus, (call, { action }) => {
    const session = findLiveSession(call)
    const isDone =
      action === 'mode' ||
      (action === 'start' ? startLiveStream : stopLiveStream)(call.world, session)
    if (!isDone) {
      throw invalid({ field: 'action', message: `The live stream cannot ${action} now.` })
    }
    return undefined
  })
}
