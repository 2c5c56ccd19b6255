import { countSegments } from '../../carrier/segments.ts'
import { refusal } from '../../errors.ts'
import { flag } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import type { MediaRecord, MessageRecord } from '../../resources/message.ts'
import { messageResource } from '../../resources/message.ts'
import type { World } from '../../world.ts'
import {
  checkSideParameters,
  readApplication,
  readBody,
  readMediaUrls,
  readReceiver,
  readSendAt,
  readSender,
  readStatusCallback,
  readValidityMs,
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
    const mediaUrls = readMediaUrls(form)
    const body = readBody(form, mediaUrls.length > 0)
    const isMms = mediaUrls.length > 0 || flag(form, 'SendAsMms') === true
    if (isMms && number?.mms === false) throw refusal(21621, number.phoneNumber)
    const application = readApplication(world, form)
    const statusCallback = readStatusCallback(form, service, application)
    const validityMs = readValidityMs(form, service)
    checkSideParameters(form)
    const now = world.now()
    const sendAt = readSendAt(form, service, now)
    refuseMagicReceiver(to, from)
    if (world.optOuts.has(to, service?.sid ?? number?.serviceSid ?? from ?? '')) {
      throw refusal(21610, to)
    }

    const message: MessageRecord = {
      seq: world.messages.nextSeq(),
      sid: world.ids.sid(isMms ? 'MM' : 'SM'),
      requestId,
      direction: 'outbound-api',
      to,
      from,
      body,
      numSegments: isMms ? 1 : countSegments(body),
      status: firstStatus(service !== undefined, sendAt !== undefined),
      messagingServiceSid: service?.sid ?? null,
      statusCallback,
      validityMs,
      dateCreated: now,
      dateUpdated: now,
      dateSent: null,
      errorCode: null,
      media: mediaUrls.map(url => outboundMedia(world, url)),
      isDeleted: false,
      providesFeedback: flag(form, 'ProvideFeedback') ?? false,
      timer: undefined
    }
    if (world.isForTests) return messageResource(world, message)
    world.messages.add(message)
    world.journal.append({
      kind: 'message.created',
      sid: message.sid,
      direction: message.direction,
      to,
      from,
      body,
      status: message.status
    })
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
function outboundMedia(world: World, url: string): MediaRecord {
  const [, extension = ''] = /\.([a-z0-9]+)$/i.exec(new URL(url).pathname) ?? []
  return {
    sid: world.ids.sid('ME'),
    contentType: contentTypes.get(extension.toLowerCase()) ?? 'image/jpeg',
    dateCreated: world.now(),
    source: { url }
  }
}
