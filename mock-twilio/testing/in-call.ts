import { parseDuration } from '../../simulator/duration.ts'
import type { MockTwilio } from '../app.ts'
import { isOver } from '../lifecycles/call.ts'
import type { CallRecord } from '../voice/call-record.ts'
import { transcriptLines } from '../voice/transcript.ts'
import type { World } from '../world.ts'
import { somethingHappens } from './something-happens.ts'

/*
 * A person in a call, for tests that tell what people do in it. Each step waits for the one before, in the clock's
 * time; awaited, it gives the sid of the call.
 *
 *   await phone(mock, '+16015550123').calls('+16015550100')
 *     .hears('Press 1').presses('1').hears('leave a message').says('Call me back').hangsUp()
 */
export type InCall = Promise<string> & {
  /** Waits until something is heard that holds these words, or is played from such an address. */
  hears: (words: string, options?: { within?: number | string }) => InCall
  presses: (digits: string) => InCall
  says: (words: string) => InCall
  waits: (duration: number | string) => InCall
  hangsUp: () => InCall
  /** Waits until the call is over. */
  isHungUp: (options?: { within?: number | string }) => InCall
}

interface Place {
  mock: MockTwilio
  world: World
  party: string
}

/** `call` settles with the call, once there is one. */
export function inCall(place: Place, call: Promise<CallRecord>): InCall {
  const { mock, world, party } = place
  /** What was heard before is not heard again. */
  let heard = 0

  const follow = (before: Promise<CallRecord>): InCall => {
    const step = (act: (call: CallRecord) => Promise<void> | void) =>
      follow(
        before.then(async now => {
          await act(now)
          return now
        })
      )
    const acts = (act: (sid: string) => unknown) =>
      step(async ({ sid }) => {
        act(sid)
        await mock.clock.advance(0)
      })
    return Object.assign(
      before.then(({ sid }) => sid),
      {
        hears: (words: string, { within = '5 min' }: { within?: number | string } = {}) =>
          step(async now => {
            const isHeard = () => {
              const index = now.heard.findIndex(
                ({ what }, place) => place >= heard && what.includes(words)
              )
              if (index >= 0) heard = index + 1
              return index >= 0
            }
            await until(place, now, within, isHeard, `has not heard "${words}"`)
          }),
        presses: (digits: string) => acts(sid => mock.calls.press(world, party, digits, sid)),
        says: (words: string) => acts(sid => mock.calls.say(world, party, words, sid)),
        waits: (duration: number | string) => step(() => mock.clock.advance(duration)),
        hangsUp: () => acts(sid => mock.calls.putDown(world, party, sid)),
        isHungUp: ({ within = '5 min' }: { within?: number | string } = {}) =>
          step(now => until(place, now, within, () => isOver(now.status), 'is still in the call'))
      }
    )
  }
  return follow(call)
}

/** Waits in the clock's time; what does not come is told with all that was in the call. */
async function until(
  { mock, world, party }: Place,
  call: CallRecord,
  within: number | string,
  isThere: () => boolean,
  what: string
): Promise<void> {
  const limit = mock.clock.now() + (typeof within === 'number' ? within : parseDuration(within))
  for (;;) {
    const lastSeq = world.journal.lastSeq
    if (isThere()) return
    if (isOver(call.status)) break
    if (!(await somethingHappens(mock, world, { limit, lastSeq }))) break
  }
  if (isThere()) return
  const lines = transcriptLines(call).map(line => `  ${line}`)
  throw new Error(`${party} ${what}; the call is ${call.status}:\n${lines.join('\n')}`)
}

/** The call that rings at this phone, as soon as there is one. */
export async function ringing(place: Place, within: number | string): Promise<CallRecord> {
  const { mock, world, party } = place
  const limit = mock.clock.now() + (typeof within === 'number' ? within : parseDuration(within))
  for (;;) {
    const lastSeq = world.journal.lastSeq
    const call = world.calls
      .of(party)
      .findLast(one => one.direction !== 'inbound' && one.status === 'ringing' && one.hasRung)
    if (call !== undefined) return call
    if (!(await somethingHappens(mock, world, { limit, lastSeq }))) break
  }
  const states = world.calls.of(party).map(({ sid, status }) => `${sid} ${status}`)
  throw new Error(`no call has rung at ${party}: ${states.join(', ') || 'none at all'}`)
}
