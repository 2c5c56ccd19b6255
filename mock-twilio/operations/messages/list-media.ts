import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { mediaResource } from '../../resources/message.ts'
import { dateFilter } from './date-filter.ts'
import { findMessage } from './find-message.ts'

export const listMedia: Operation = {
  name: 'list-media',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Media.json',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const message = findMessage(call, 'MessageSid')
    const isInTime = dateFilter(query, 'DateCreated')
    const media = message.media.filter(({ dateCreated }) => isInTime(dateCreated))
    const page = pageOf(pageRequest(query), media)
    return envelope('media_list', path, query, page, item => mediaResource(world, message, item))
  }
}
