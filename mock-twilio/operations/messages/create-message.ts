import { buildMessage } from '../../carrier/new-message.ts'
import { countSegments } from '../../carrier/segments.ts'
import { isQueueFull } from '../../carrier/sender-queues.ts'
import { refusal } from '../../errors.ts'
import { flag } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import type { MediaRecord, MessageRecord } from '../../resources/message.ts'
import { messageResource, noMedia } from '../../resources/message.ts'
import {
  checkSideParameters,
  readApplication,
  readBody,
  readMediaUrls,
  readPrivacy,
  readReceiver,
  readSendAt,
  readSender,
  readSentBody,
  readStatusCallback,
  readValidityMs,
  refuseLandline,
  refuseMagicReceiver
} from './message-parameters.ts'

export const createMessage: Operation = {
  name: 'create-message',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages.json',
  status: 201,
  isForTestCredentials: true,
  handle: ({ world, form, services, requestId }) => {
    const to = readReceiver(form)
    const { from, service, number } = readSender(world, form)
    if (to === from) throw refusal(21266, to)
    const { limits } = world
    const mediaUrls = readMediaUrls(form, limits)
    const body = readBody(form, mediaUrls.length > 0, limits)
    const isMms = mediaUrls.length > 0 || flag(form, 'SendAsMms') === true
    if (isMms && number?.mms === false) throw refusal(21621, number.phoneNumber)
    const application = readApplication(world, form)
    const statusCallback = readStatusCallback(form, service, application)
    const validityMs = readValidityMs(form, service, limits)
    const privacy = readPrivacy(form)
    const sentBody = readSentBody(form, service, body)
    checkSideParameters(form)
    const sendAt = readSendAt(form, service, world)
    refuseMagicReceiver(to, from)
    refuseLandline(world, to)
    if (world.optOuts.has(to, service?.sid ?? number?.serviceSid ?? from ?? '')) {
      throw refusal(21610, to)
    }
    if (world.isThrottled && service === undefined && from !== null) {
      const numSegments = isMms ? 1 : countSegments(sentBody ?? body)
      if (isQueueFull(world, from, { isMms, numSegments })) throw refusal(21611, from)
    }

    const message = buildMessage(world, {
      requestId,
      direction: 'outbound-api',
      status: firstStatus(service !== undefined, sendAt !== undefined),
      to,
      from,
      body,
      sentBody,
      media: mediaUrls.length === 0 ? noMedia : mediaUrls.map(outboundMedia),
      isMms,
      messagingServiceSid: service?.sid ?? null,
      statusCallback,
      validityMs,
      privacy,
      providesFeedback: flag(form, 'ProvideFeedback') ?? false
    })
    if (world.isForTests) return messageResource(world, message)
    world.messages.add(message)
    services.delivery.start(world, message, sendAt)
    return messageResource(world, message)
  }
}

function firstStatus(hasService: boolean, isScheduled: boolean): MessageRecord['status'] {
  if (isScheduled) return 'scheduled'
  return hasService ? 'accepted' : 'queued'
}

const contentTypes = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['png', 'image/png'],
  ['pdf', 'application/pdf'],
  ['mp4', 'video/mp4'],
  ['mp3', 'audio/mpeg'],
  ['vcf', 'text/vcard']
])

/** Twilio fetches the file and looks at it; this mock fetches nothing and believes the name. */
function outboundMedia(url: string): Pick<MediaRecord, 'contentType' | 'source'> {
  const [, extension = ''] = /\.([a-z0-9]+)$/i.exec(new URL(url).pathname) ?? []
  return {
    contentType: contentTypes.get(extension.toLowerCase()) ?? 'image/jpeg',
    source: { url }
  }
}
