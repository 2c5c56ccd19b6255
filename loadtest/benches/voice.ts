import { Agent } from 'undici'
import { clockMs } from '../lab/clock-ms.ts'
import { startSystem, type System } from '../lab/system.ts'
import { quick } from '../measure.ts'

const conferences = quick ? 25 : 125
const participantsEach = 3
const legs = conferences * (participantsEach + 1)
/** How many times faster than life the outside lives: a conversation of two minutes takes twelve seconds. */
const rate = 10
const school = '+16015550100'

const agent = new Agent({ connections: 64 })

/**
 * Conference calls through the whole stack, all at once: every leg placed, answered, brought into its conference,
 * recorded and ended, every callback taken and every event delivered. What it costs the server in CPU and memory.
 */
export async function benchVoice(): Promise<void> {
  const system = await startSystem({
    bare: false,
    workers: 0,
    environment: { STORAGE_URL: 'file:data/bench-recordings' }
  })
  try {
    await control(system, 'POST', '/clock', { mode: 'rate', rate })
    await inTens(
      Array.from({ length: legs }, (_, place) => place),
      async place => {
        const isModerator = place % (participantsEach + 1) === 0
        await control(system, 'PUT', `/handsets/${number(place)}`, {
          calls: {
            answers: 'person',
            after: '4 s',
            hangs_up_after: isModerator ? '150 s' : '120 s'
          }
        })
      }
    )
    const cpuMs = await system.cpuMs()
    const startedAt = clockMs()
    const uuids: string[] = []
    await inTens(
      Array.from({ length: conferences }, (_, place) => place),
      async place => {
        const [moderator = 0, ...others] = Array.from(
          { length: participantsEach + 1 },
          (_, leg) => place * (participantsEach + 1) + leg
        )
        const { status, body } = await system.request('POST', '/conference_calls', {
          body: {
            twilio_number: school,
            moderator_number: number(moderator),
            participant_numbers: others.map(number),
            client_conversation_id: `class-${place}`
          }
        })
        if (status !== 201) throw new Error(JSON.stringify(body))
        uuids.push(String(Object(body['conference_call']).uuid))
      }
    )
    const acceptedMs = clockMs() - startedAt
    const { mostAtOnce, peakRssMb } = await watch(system, uuids)
    const tookMs = clockMs() - startedAt
    const usedMs = (await system.cpuMs()) - cpuMs
    const worldMb = (await system.world.usage()).rssBytes / 1_048_576
    process.stdout.write(
      [
        '',
        `${conferences} conference calls of ${participantsEach + 1}, ${legs} legs, SQLite, the outside ${rate} times as fast as life`,
        `  accepted in                     ${(acceptedMs / 1_000).toFixed(2)} s`,
        `  legs on the line at once        ${mostAtOnce}`,
        `  all over and recorded after     ${(tookMs / 1_000).toFixed(1)} s, ${(legs / (tookMs / 1_000)).toFixed(1)} legs a second`,
        `  CPU of the server               ${(usedMs / legs).toFixed(1)} ms a leg, ${((100 * usedMs) / tookMs).toFixed(0)} % of a core`,
        `  memory of the server            ${peakRssMb.toFixed(0)} MB at most`,
        `  memory of the provider's mock   ${worldMb.toFixed(0)} MB at the end`,
        ''
      ].join('\n')
    )
  } finally {
    await system.stop()
    await agent.close()
  }
}

const number = (place: number): string => `+1601557${String(place).padStart(4, '0')}`

/** Until every conference call is over, and every leg down. */
async function watch(
  system: System,
  uuids: readonly string[]
): Promise<{ mostAtOnce: number; peakRssMb: number }> {
  let mostAtOnce = 0
  let peakRssMb = 0
  const deadline = clockMs() + 180_000
  for (;;) {
    const calls = (await control(system, 'GET', '/calls')) as { status: string }[]
    const open = calls.filter(({ status }) => /queued|ringing|in-progress/.test(status)).length
    mostAtOnce = Math.max(mostAtOnce, open)
    peakRssMb = Math.max(peakRssMb, (await system.server.usage()).rssBytes / 1_048_576)
    if (open === 0 && calls.length >= legs && (await areOver(system, uuids)))
      return { mostAtOnce, peakRssMb }
    if (clockMs() > deadline)
      throw new Error(`${open} of ${calls.length} legs are still on the line after three minutes`)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}

async function areOver(system: System, uuids: readonly string[]): Promise<boolean> {
  let areAll = true
  await inTens(uuids, async uuid => {
    const { body } = await system.request('GET', `/conference_calls/${uuid}`)
    const isOver = body['internal_status'] === 'completed' && body['recording_url'] !== ''
    areAll &&= isOver
  })
  return areAll
}

async function control(
  { mockUrl }: System,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object
): Promise<unknown> {
  const answer = await agent.request({
    origin: mockUrl,
    path: `/_mock${path}`,
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body)
  })
  if (answer.statusCode >= 300) throw new Error(`${path}: ${await answer.body.text()}`)
  return answer.body.json()
}

async function inTens<Item>(
  items: readonly Item[],
  task: (item: Item) => Promise<void>
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (const item of queue) await task(item)
    })
  )
}
