import { handsetOf } from '../resources/call.ts'
import { drawDelay, type CallHabits } from '../carrier/persona.ts'
import type { World } from '../world.ts'
import type { CallRecord, HeardPart } from './call-record.ts'

/*
 * What the people at the phones do in a call, as their personas say: what they press and say when they are listened
 * to, and when they have heard certain words. What they are going to do is planned, like everything.
 */

export const callAct = 'call.act'

export type Act =
  | { act: 'press'; digits: string }
  /** `ms`: how long that takes, where it is not as long as its words. */
  | { act: 'say'; words: string; ms?: number }
  | { act: 'hang-up' }

/** How fast people speak. */
const msPerSpokenWord = 350

export function speechMs(words: string): number {
  return Math.max(1000, words.trim().split(/\s+/).length * msPerSpokenWord)
}

export function habitsOf(world: World, call: CallRecord): CallHabits {
  return world.handsets.get(handsetOf(call))?.persona.calls ?? {}
}

/** Something reaches the ear of the person, who may have something to do about it. */
export function hear(
  world: World,
  call: CallRecord,
  how: HeardPart['how'],
  what: string,
  ms: number
): void {
  const { sid, direction, to, from } = call
  call.heard.push({ seq: world.messages.nextSeq(), at: world.now(), how, what })
  const other = direction === 'inbound' ? to : from
  world.journal.append({ kind: 'call.heard', sid, number: handsetOf(call), with: other, how, what })
  react(world, call, what, ms)
}

/** The reactions of a script follow one another: the next one waits for its own words. */
function react(world: World, call: CallRecord, what: string, ms: number): void {
  const reaction = habitsOf(world, call).script?.[call.reactions]
  if (reaction === undefined || !what.includes(reaction.hears)) return
  const random = world.randomFor(`call/${call.sid}/reaction/${++call.reactions}`)
  const wait =
    reaction.after === undefined
      ? ms + random.between(400, 1200)
      : drawDelay(reaction.after, random)
  const { presses, says, hangs_up: hangsUp } = reaction
  let after = wait
  if (presses !== undefined) planAct(world, call, after, { act: 'press', digits: presses })
  if (says !== undefined) {
    planAct(world, call, after, { act: 'say', words: says })
    after += speechMs(says) + 500
  }
  if (hangsUp) planAct(world, call, after, { act: 'hang-up' })
}

/** Somebody waits for keys or words: the person does what was said of this time. */
export function isListenedTo(
  world: World,
  call: CallRecord,
  to: { keys: boolean; speech: boolean }
): void {
  const { presses, says } = habitsOf(world, call)
  const { gathers } = call
  const digits = to.keys ? (presses?.[gathers - 1] ?? '') : ''
  const words = to.speech ? (says?.[call.speeches++] ?? '') : ''
  const random = world.randomFor(`call/${call.sid}/press/${gathers}/${call.speeches}`)
  const after = random.between(500, 1500)
  if (digits !== '') planAct(world, call, after, { act: 'press', digits }, gathers)
  else if (words !== '') planAct(world, call, after, { act: 'say', words })
}

/** `gather`: only if that one is still the newest. */
export function planAct(
  world: World,
  { sid }: CallRecord,
  afterMs: number,
  act: Act,
  gather?: number
): void {
  world.plan(afterMs, { kind: callAct, sid, ...act, ...(gather === undefined ? {} : { gather }) })
}
