import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { MediaRecord, MessageRecord } from '../../resources/message.ts'

export function findMessage({ world, params, path }: Call, name: string): MessageRecord {
  const message = world.messages.find(params[name] ?? '')
  if (message === undefined) throw refusal(20404, path)
  return message
}

export function findMedia(call: Call, message: MessageRecord): MediaRecord {
  const media = message.media.find(({ sid }) => sid === call.params['Sid'])
  if (media === undefined) throw refusal(20404, call.path)
  return media
}
