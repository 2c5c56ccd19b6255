import { Pool } from 'undici'
import { recordOf, type World } from '../world/world.ts'
import { withAbsentIds } from './absent.ts'

/** Asks until the rate limit is met, with a token of its own, then everything once with that token. */
export async function runInto429(world: World): Promise<void> {
  const { ledger, options } = world
  const limited = world.operations.filter(({ responses }) => responses.has(429))
  const wanted = limited.filter(({ id }) => ledger.timesProduced(id, 429) === 0)
  if (wanted.length === 0) return
  const skip = (reason: string): void => {
    for (const { id } of wanted) ledger.skip({ group: 'shape', subject: id, status: 429, reason })
  }
  if (options.rateProbe === 0) return skip('the rate limit was left alone: --rate-probe 0')
  const token = world.fresh('rate-probe')
  const met = await exhaust(options.url, token, options.rateProbe)
  if (!met)
    return skip(`no limit was met within ${options.rateProbe} requests: --rate-probe asks more`)
  for (const operation of wanted) {
    const exchange = await world.send(operation, null, withAbsentIds(world, operation, {}), {
      token,
      around: operation.method === 'GET'
    })
    world.judge_(
      'shape',
      'produced',
      exchange,
      exchange.status === 429
        ? undefined
        : `past the rate limit: expected 429, got ${exchange.status}`
    )
  }
}

/** Unknown tokens are limited like known ones, and cost the server least. */
async function exhaust(url: string, token: string, most: number): Promise<boolean> {
  const pool = new Pool(url, { connections: 4, pipelining: 32 })
  let asked = 0
  let met = false
  const ask = async (): Promise<void> => {
    while (!met && asked < most) {
      asked++
      const answer = await pool.request({
        path: '/api/v1/status',
        method: 'GET',
        headers: { authorization: `Bearer ${token}` }
      })
      if (answer.statusCode === 429) met = true
      await answer.body.dump()
    }
  }
  await Promise.all(Array.from({ length: 128 }, ask))
  await pool.close()
  return met
}

/**
 * Holds the server's process up until its event loop is late for everything, then lets it go: what it answers
 * at that moment is how it sheds load.
 */
export async function holdUp(world: World): Promise<void> {
  const { ledger, options } = world
  const shedding = world.operations.filter(
    ({ id, responses }) => responses.has(503) && ledger.timesProduced(id, 503) === 0
  )
  const judged = shedding.filter(({ access }) => access !== 'provider')
  for (const { id, access } of shedding)
    if (access === 'provider' || options.serverPid === undefined)
      ledger.skip({
        group: 'shape',
        subject: id,
        status: 503,
        reason:
          access === 'provider'
            ? 'a callback is never shed; it fails only when the database is down'
            : 'needs the process to be held up: --server-pid'
      })
  const pid = options.serverPid
  if (pid === undefined || judged.length === 0) return
  for (let attempt = 0; attempt < 4; attempt++) {
    const wanted = judged.filter(({ id }) => ledger.timesProduced(id, 503) === 0)
    if (wanted.length === 0) break
    await makeLate(pid)
    const exchanges = await Promise.all(
      wanted.map(operation =>
        world.send(operation, world.admin, withAbsentIds(world, operation, {}), { around: true })
      )
    )
    for (const exchange of exchanges)
      if (exchange.status === 503)
        world.judge_(
          'shape',
          'produced',
          exchange,
          recordOf(exchange)['error'] ? undefined : 'there is no error in the body'
        )
  }
  await untilItTakesWork(world)
  const missed = judged.filter(({ id }) => ledger.timesProduced(id, 503) === 0)
  for (const { id } of missed)
    ledger.fail(
      { group: 'shape', check: 'shape/produced', subject: id, status: 503 },
      'held up for seconds, the server took the request as if nothing had been: expected 503',
      ''
    )
}

/** Its loop is measured by its lateness at timers: long stops with hardly a moment between them. */
async function makeLate(pid: number): Promise<void> {
  for (let stop = 0; stop < 3; stop++) {
    process.kill(pid, 'SIGSTOP')
    await new Promise(resolve => setTimeout(resolve, 1_300))
    process.kill(pid, 'SIGCONT')
    await new Promise(resolve => setTimeout(resolve, 4))
  }
}

async function untilItTakesWork(world: World): Promise<void> {
  const operation = world.document.operation('get_bearer')
  for (let attempt = 0; attempt < 200; attempt++) {
    const { status } = await world.send(operation, world.admin, {}, { around: true })
    if (status === 200) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
