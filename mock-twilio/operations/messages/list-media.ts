import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { mediaResource } from '../../resources/message.ts'
import { findMessage } from './find-message.ts'

export const listMedia: Operation = {
  name: 'list-media',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Media.json',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const message = findMessage(call, 'MessageSid')
    const page = pageOf(pageRequest(query), message.media)
    return envelope('media_list', path, query, page, media => mediaResource(world, message, media))
  }
}
