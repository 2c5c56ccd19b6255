import type { MessageRecord } from '../resources/message.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import { keywordsOf, replyTo } from './advanced-opt-out.ts'
import {
  isTollFree,
  keywordIn,
  keywordReplies,
  keywordTableOf,
  tollFreeReplies,
  type Keyword
} from './opt-outs.ts'

/**
 * The provider minds STOP, START and HELP by itself, whether or not the application listens. Gives the
 * keyword where the application is told of it: in a service with advanced opt-out.
 */
export function mindKeyword(
  world: World,
  number: NumberRecord,
  { from, body }: MessageRecord
): Keyword | undefined {
  if (from === null) return undefined
  const { phoneNumber, serviceSid } = number
  const advanced = serviceSid === undefined ? undefined : world.advancedOptOuts.get(serviceSid)
  const usual = keywordTableOf(
    advanced === undefined ? phoneNumber : longCodeFor(phoneNumber),
    world.limits
  )
  // The network of toll-free numbers knows nothing of a service's own words.
  const table =
    advanced === undefined || isTollFree(phoneNumber) ? usual : keywordsOf(advanced, usual)
  const keyword = keywordIn(body, table)
  if (keyword === undefined) return undefined
  const sender = serviceSid ?? phoneNumber
  if (changeOptOut(world, { keyword, handset: from, sender, word: body.trim() })) {
    answer(world, { from: phoneNumber, to: from, keyword, body: wordsFor(keyword) })
  }
  return advanced === undefined ? undefined : keyword

  function wordsFor(is: Keyword): string {
    const fromNetwork = isTollFree(phoneNumber) ? tollFreeReplies[is] : undefined
    if (fromNetwork !== undefined) return fromNetwork
    return advanced === undefined ? keywordReplies[is] : replyTo(is, advanced)
  }
}

/** With advanced opt-out, a short code is minded like any other number. */
function longCodeFor(phoneNumber: string): string {
  return phoneNumber.startsWith('+') ? phoneNumber : ''
}

/** Whether the person hears of it: a second STOP, or a YES that answers some other question, is silent. */
function changeOptOut(
  world: World,
  change: { keyword: Keyword; handset: string; sender: string; word: string }
): boolean {
  const { keyword, handset, sender, word } = change
  if (keyword === 'HELP') return true
  const hasChanged =
    keyword === 'STOP'
      ? recordOptOut(world, { handset, sender, keyword: word })
      : recordOptIn(world, { handset, sender, keyword: word })
  return hasChanged || word.toUpperCase() === 'START'
}

interface Change {
  handset: string
  /** A number, or a messaging service. */
  sender: string
  keyword: string
}

/** False when it stood already. */
export function recordOptOut(world: World, { handset, sender, keyword }: Change): boolean {
  const isNew = world.optOuts.add({ handset, sender, at: world.now(), keyword })
  if (isNew) world.journal.append({ kind: 'opt-out', number: handset, sender, keyword })
  return isNew
}

/** False when there was none. */
export function recordOptIn(world: World, { handset, sender, keyword }: Change): boolean {
  const hasStood = world.optOuts.remove(handset, sender)
  if (hasStood) world.journal.append({ kind: 'opt-in', number: handset, sender, keyword })
  return hasStood
}

function answer(
  world: World,
  { from, to, keyword, body }: { from: string; to: string; keyword: Keyword; body: string }
): void {
  const reply = { seq: world.messages.nextSeq(), from, to, body, at: world.now() }
  world.providerReplies.set(to, [...(world.providerReplies.get(to) ?? []), reply])
  world.journal.append({ kind: 'provider.reply', keyword, from, to, body })
}
