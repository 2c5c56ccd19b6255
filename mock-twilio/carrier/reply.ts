import { isWebUrl } from '../forms.ts'
import { isPhoneNumber } from '../phone-number.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import type { Delivery } from './delivery.ts'
import { newMessage } from './new-message.ts'

export interface Reply {
  to: string
  from: string
  body: string
  mediaUrls: readonly string[]
  statusCallback: string | undefined
}

/** A message that the application sends by answering. What is wrong with it shows up in the debugger. */
export function sendReply(
  world: World,
  delivery: Delivery,
  reply: Reply
): MessageRecord | undefined {
  const { to, from, body, mediaUrls } = reply
  const number = world.numbersByPhone.get(from)
  const about = { to, from }
  if (!isPhoneNumber(to)) {
    world.alert(14101, `the to of a Message is a phone number, got "${to}"`, about)
    return undefined
  }
  if (number === undefined) {
    world.alert(14108, `the from of a Message is a number of the account, got "${from}"`, about)
    return undefined
  }
  const flaw = flawOf(reply, number)
  if (flaw !== undefined) {
    world.alert(flaw.code, flaw.message, about)
    return undefined
  }
  if (world.optOuts.has(to, number.serviceSid ?? from)) {
    world.alert(21610, `${to} has opted out`, about)
    return undefined
  }
  const message = newMessage(world, {
    direction: 'outbound-reply',
    status: 'queued',
    to,
    from,
    body,
    media: mediaUrls.map(url => ({ contentType: 'image/jpeg', source: { url } })),
    statusCallback: reply.statusCallback ?? null,
    validityMs: world.limits.validitySeconds.usual * 1000
  })
  delivery.start(world, message)
  return message
}

/** What the API would refuse to send is not sent as an answer either. */
function flawOf(
  { to, from, body, mediaUrls }: Reply,
  number: NumberRecord
): { code: number; message: string } | undefined {
  if (to === from) return { code: 21266, message: `a Message to its own sender, ${to}` }
  if (body.length > 1600) {
    return { code: 21617, message: `a Message of ${body.length} characters, above 1600` }
  }
  if (mediaUrls.length > 10) {
    return { code: 21623, message: `a Message with ${mediaUrls.length} media, above 10` }
  }
  if (mediaUrls.length > 0 && !number.mms) {
    return { code: 21621, message: `${from} is not enabled for MMS` }
  }
  const [wrong] = mediaUrls.filter(url => !isWebUrl(url))
  return wrong === undefined ? undefined : { code: 21620, message: `no URL of media: ${wrong}` }
}
