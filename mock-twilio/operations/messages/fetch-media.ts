import type { Operation } from '../../operation.ts'
import { mediaResource } from '../../resources/message.ts'
import { findMedia, findMessage } from './find-message.ts'

export const fetchMedia: Operation = {
  name: 'fetch-media',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Media/:Sid.json',
  status: 200,
  handle: call => {
    const message = findMessage(call, 'MessageSid')
    return mediaResource(call.world, message, findMedia(call, message))
  }
}

/** The same address without .json is the file itself, as inbound messages name it. */
export const fetchMediaFile: Operation = {
  name: 'fetch-media-file',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Media/:Sid',
  status: 200,
  handle: call => {
    const { source, contentType } = findMedia(call, findMessage(call, 'MessageSid'))
    if ('url' in source) return call.reply.redirect(source.url, 307)
    return call.reply.type(contentType).send(source.bytes)
  }
}
