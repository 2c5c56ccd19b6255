import type { FaultSubject } from '../../simulator/fault-match.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'
import { passCampaign } from './campaign-limits.ts'
import { chanceOf } from './chance.ts'
import { filterOf, mostPartsOfCarriers } from './content-rules.ts'
import { deafShares, outcomesOfLines } from './line-outcomes.ts'
import { outcomeOfProfile } from './profiles.ts'
import { registrationFlaw } from './registration.ts'
import { senderTypeOf } from './sender-type.ts'

/** How a message ends. `sent` is the carrier that never sends a delivery receipt. */
export interface Outcome {
  readonly status: 'delivered' | 'undelivered' | 'failed' | 'sent'
  readonly errorCode?: number | undefined
  /** How long the carrier takes to say so; as long as carriers take, when absent. */
  readonly afterMs?: number | undefined
  /** When the person sees it, where that is not the moment of the receipt. */
  readonly reachedAfterMs?: number | undefined
}

/** What a person of character makes of a message: see Handsets. */
export type HandsetOutcome = Outcome

/** What a rule of the test says of the message. Counts as one application of the rule. */
export function outcomeOfRule(world: World, message: MessageRecord): Outcome | undefined {
  if (world.faults.isEmpty) return undefined
  const rule = world.faults.take('outcome', faultSubject(message))
  return rule && { status: statusOf(rule.status), errorCode: rule.error_code }
}

/**
 * How a message ends that no rule decides: as the person who gets it is, else as the number says, else as
 * carriers mind its sender, its words and its line, else by the world's profile.
 */
export function outcomeFor(world: World, message: MessageRecord): Outcome {
  const { to, validityMs } = message
  const outcome = world.handsets.has(to)
    ? world.handsets.outcomeOf(to, world.now(), validityMs)
    : undefined
  return (
    outcome ??
    outcomeOfNumber(to) ??
    outcomeOfSender(world, message) ??
    outcomeOfContent(world, message) ??
    outcomeOfLine(world, message) ??
    outcomeOfProfile(world.profile, chanceOf(message.sid, 'outcome'))
  )
}

export function faultSubject(message: MessageRecord): FaultSubject {
  const { to, from, body, messagingServiceSid: service } = message
  return { to, from: from ?? '', body, service: service ?? undefined }
}

const failingCodes = new Set([30001, 30002, 30010, 30011, 30036, 30410, 63017, 11751, 12300])

/** What is told with this code: failed, when the message never left the provider. */
export function outcomeOfCode(errorCode: number): Outcome {
  return { status: failingCodes.has(errorCode) ? 'failed' : 'undelivered', errorCode }
}

/** Handsets whose number ends like this cannot be reached, for that reason. */
const tellingSuffixes = new Map(
  [30003, 30005, 30006, 30007, 30008].map(code => [String(code), outcomeOfCode(code)] as const)
)

function outcomeOfNumber(to: string): Outcome | undefined {
  // They all begin with 30: most numbers are told apart without cutting them.
  if (to.charCodeAt(to.length - 5) !== 0x33) return undefined
  return tellingSuffixes.get(to.slice(-5))
}

function outcomeOfSender(world: World, message: MessageRecord): Outcome | undefined {
  const { to, from } = message
  if (from === null || !(world.isThrottled || world.origin.registration === 'enforced')) {
    return undefined
  }
  const serviceSid = message.messagingServiceSid ?? world.numbersByPhone.get(from)?.serviceSid
  const flaw = registrationFlaw(world, { from, to }, serviceSid)
  if (flaw !== undefined) return outcomeOfCode(flaw)
  const isCounted = world.isThrottled && senderTypeOf(from) === 'longCode' && to.startsWith('+1')
  if (!isCounted || serviceSid === undefined) return undefined
  const excess = passCampaign(world, serviceSid, message.numSegments)
  return excess && outcomeOfCode(excess)
}

function outcomeOfContent(world: World, message: MessageRecord): Outcome | undefined {
  if (!world.profile.isFiltering) return undefined
  const rule = filterOf(message.sentBody ?? message.body, chanceOf(message.sid, 'content'))
  if (rule !== undefined) {
    world.journal.append({ kind: 'message.filtered', sid: message.sid, to: message.to, rule })
    return outcomeOfCode(30007)
  }
  return message.numSegments > mostPartsOfCarriers ? outcomeOfCode(30019) : undefined
}

function outcomeOfLine(world: World, { to, sid }: MessageRecord): Outcome | undefined {
  if (world.lineTypes.size === 0) return undefined
  const type = world.lineTypes.get(to)
  if (type === undefined) return undefined
  const outcome = outcomesOfLines.get(type)
  if (outcome !== undefined || !world.profile.isFiltering) return outcome
  const isDeaf = chanceOf(sid, 'content') < (deafShares.get(type) ?? 0)
  return isDeaf ? outcomeOfCode(30006) : undefined
}

function statusOf(text: string): Outcome['status'] {
  return text === 'undelivered' || text === 'failed' || text === 'sent' ? text : 'delivered'
}
