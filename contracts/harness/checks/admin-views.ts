import type { Exchange } from '../client.ts'
import { canonical, isRecord, type Json, list, withoutId } from '../json.ts'
import { deadLettersOf, preparedLetters } from '../recipes/dead-letters.ts'
import { createMessage, scheduled } from '../recipes/messages.ts'
import { anOptOut, asCsv, asLines, type OptOutLine } from '../recipes/opt-outs.ts'
import { aSid } from '../recipes/provider-callbacks.ts'
import { eventsOf, provokeEvent } from '../recipes/webhooks.ts'
import { type Actor, type Case, eventually, recordOf, type World } from '../world/world.ts'

/** What administrators see and set: all of it and nothing else, and only what they named is changed. */
export async function checkAdminViews(
  world: World,
  isServed: (id: string) => boolean
): Promise<void> {
  if (isServed('get_admin_audit_log')) await auditLog(world)
  if (isServed('put_admin_bearers_by_id_limits')) await limits(world)
  if (isServed('post_admin_opt_outs_import')) await optOuts(world)
  if (isServed('post_admin_webhooks_replay')) await replays(world)
  if (isServed('post_admin_dead_letters_retry') && world.twilio) await letters(world)
  if (isServed('get_admin_stats')) await stats(world)
}

const records = (body: unknown): Json[] => list(body).filter(isRecord)

const send = (world: World, id: string, request: Case, actor = world.admin): Promise<Exchange> =>
  world.send(world.document.operation(id), actor, request)

/** What an administrator changes is written down, with what came of it and without secrets; reading is not. */
async function auditLog(world: World): Promise<void> {
  const administrator = await world.bearer('Admin')
  const password = world.fresh('password')
  const body = {
    bearer_name: world.fresh('audited'),
    bearer_type: 'Application',
    callback_url: 'https://app.example/events',
    username: 'contract',
    password
  }
  const created = await send(world, 'post_admin_bearers', { body, secret: true }, administrator)
  await send(world, 'get_admin_bearers', {}, administrator)
  const params = { id: 4_000_000_000_001 }
  await send(world, 'delete_admin_bearers_by_id', { params }, administrator)
  const query = { bearer_id: String(administrator.id) }
  const logged = await send(world, 'get_admin_audit_log', { query })
  const shown = records(logged.body).map(entry => [
    entry['action'],
    entry['path'],
    entry['status_code'],
    entry['bearer_name'],
    entry['api_key_id']
  ])
  const who = [administrator.name, administrator.keyId]
  const wanted = [
    ['DELETE /api/v1/admin/bearers/:id', `/api/v1/admin/bearers/${params.id}`, 404, ...who],
    ['POST /api/v1/admin/bearers', '/api/v1/admin/bearers', created.status, ...who]
  ]
  const given = recordOf({ body: records(logged.body)[1]?.['given'] })
  world.judge_(
    'state',
    'audit-log',
    logged,
    canonical(shown) !== canonical(wanted)
      ? `the log must hold ${canonical(wanted)}, holds ${canonical(shown)}`
      : given['bearer_name'] !== body.bearer_name
        ? 'what was given is not in the log'
        : logged.text.includes(password)
          ? 'the log holds a secret'
          : undefined
  )
  const action = 'POST /api/v1/admin/bearers'
  const filtered = await send(world, 'get_admin_audit_log', { query: { ...query, action } })
  const actions = records(filtered.body).map(entry => entry['action'])
  world.judge_(
    'state',
    'audit-log',
    filtered,
    canonical(actions) === canonical([action])
      ? undefined
      : `of one action the log must hold one entry, holds ${canonical(actions)}`
  )
}

/** So many texts and not one more, told by bearer and administrator alike; nobody else is held. */
async function limits(world: World): Promise<void> {
  const [actor, free] = [await world.bearer(), await world.bearer()]
  const params = { id: actor.id }
  const set = await send(world, 'put_admin_bearers_by_id_limits', {
    params,
    body: { texts_per_day: 2 }
  })
  const own = await send(world, 'get_limits', {}, actor)
  const seen = await send(world, 'get_admin_bearers_by_id_limits', { params })
  world.judge_(
    'state',
    'limits',
    own,
    canonical(own.body) === canonical(seen.body) && canonical(own.body) === canonical(set.body)
      ? undefined
      : `limits as set, seen and read differ: ${set.text} / ${seen.text} / ${own.text}`
  )
  await scheduled(world, actor)
  await scheduled(world, actor)
  await scheduled(world, free)
  const third = await send(
    world,
    'post_messages',
    await world.recipe(world.document.operation('post_messages')).valid(world, actor),
    actor
  )
  world.judge_(
    'state',
    'limits',
    third,
    third.status === 429
      ? undefined
      : `of two texts a day the third must be refused with 429, got ${third.status}`
  )
  const after = recordOf(await send(world, 'get_limits', {}, actor))['texts']
  const { day } = recordOf({ body: after })
  const { limit, used } = recordOf({ body: day })
  world.judge_(
    'state',
    'limits',
    own,
    canonical([limit, used]) === canonical([2, 2])
      ? undefined
      : `after two texts of two, limit and used are ${canonical([limit, used])}`
  )
}

/** What is imported is listed and exported, in both formats, and the later word counts; nothing of others comes with it. */
async function optOuts(world: World): Promise<void> {
  const sender = aSid(world, 'MG')
  const [first, second] = [anOptOut(world, sender), anOptOut(world, sender)]
  const back = { ...second, opted_in_at: '2026-02-01T00:00:00.000Z' }
  const announced: OptOutLine = { ...first, class: 'announcements', keyword: 'say "no", please' }
  const lines = [first, back, announced, anOptOut(world), { recipient_number: 'nobody' }]
  const imported = await send(world, 'post_admin_opt_outs_import', asLines(lines))
  const { rejected, ...counts } = recordOf(imported)
  world.judge_(
    'state',
    'opt-outs',
    imported,
    canonical([counts, records(rejected).map(each => each['line'])]) ===
      canonical([{ imported: 4, unchanged: 0, rejected_count: 1 }, [5]])
      ? undefined
      : `of five lines four are right and the fifth is not: ${imported.text}`
  )
  const older = await send(world, 'post_admin_opt_outs_import', asLines([second]))
  world.judge_(
    'state',
    'opt-outs',
    older,
    recordOf(older)['unchanged'] === 1
      ? undefined
      : `an earlier word must not undo a later one: ${older.text}`
  )

  const wanted = [first, back, announced].map(shownAs)
  const filters: [Record<string, string>, Json[]][] = [
    [{}, wanted],
    [{ class: 'announcements' }, wanted.slice(2)],
    [{ active: 'false' }, wanted.slice(1, 2)],
    [{ active: 'true' }, [wanted[0] ?? {}, wanted[2] ?? {}]],
    [{ recipient_number: second.recipient_number }, wanted.slice(1, 2)]
  ]
  for (const [filter, expected] of filters) {
    const query = { sender_key: sender, ...filter }
    const listed = await send(world, 'get_admin_opt_outs', { query })
    const exported = await send(world, 'get_admin_opt_outs_export', { query })
    const exportedRows = exported.text
      .split('\n')
      .filter(line => line !== '')
      .map((line): unknown => JSON.parse(line))
    for (const [answer, rows] of [
      [listed, records(listed.body)],
      [exported, records(exportedRows)]
    ] as const) {
      const shown = rows.map(row => withoutId(row))
      world.judge_(
        'state',
        'opt-outs',
        answer,
        inAnyOrder(shown) === inAnyOrder(expected)
          ? undefined
          : `of ${canonical(filter)} there must be ${canonical(expected)}, are ${canonical(shown)}`
      )
    }
  }
  const csv = await send(world, 'get_admin_opt_outs_export', {
    query: { sender_key: sender, format: 'csv' }
  })
  const again = await send(world, 'post_admin_opt_outs_import', asCsv(csv.text))
  world.judge_(
    'state',
    'opt-outs',
    again,
    canonical(again.body) ===
      canonical({ imported: 0, unchanged: 3, rejected_count: 0, rejected: [] })
      ? undefined
      : `what was exported as CSV is known: imported again it changes nothing, got ${again.text}`
  )
}

/** Lines that came together are of one age. */
const inAnyOrder = (rows: readonly Json[]): string => canonical(rows.map(canonical).toSorted())

const shownAs = (line: OptOutLine): Json => ({
  class: 'messages',
  opted_in_at: null,
  ...line
})

/** Events of the filter are delivered again, oldest first and so many as were asked for; others are left alone. */
async function replays(world: World): Promise<void> {
  const [one, other] = [await world.bearer(), await world.bearer()]
  // The other's is the oldest of all.
  for (const actor of [other, one, one, one]) await provokeEvent(world, actor)
  const isDelivered = async (actor: Actor, count: number): Promise<boolean> => {
    const events = records(await eventsOf(world, actor))
    return events.length === count && events.every(each => each['status'] === 'delivered')
  }
  await eventually(world, async () => (await isDelivered(one, 3)) && isDelivered(other, 1))
  const oldest = records(await eventsOf(world, one))
    .slice(-2)
    .map(each => each['event_id'])
  const before = one.mailbox.arrivals.length
  const replayed = await send(world, 'post_admin_webhooks_replay', {
    body: { status: 'delivered', bearer_id: one.id, limit: 2 }
  })
  await eventually(
    world,
    async () => one.mailbox.arrivals.length >= before + 2 && isDelivered(one, 3)
  )
  const again = one.mailbox.arrivals.slice(before).map(({ payload }) => payload['event_id'])
  world.judge_(
    'state',
    'replays',
    replayed,
    canonical(replayed.body) !== canonical({ replayed: 2, more: true })
      ? `two events of three were to be replayed: ${replayed.text}`
      : canonical(again.map(canonical).toSorted()) !== canonical(oldest.map(canonical).toSorted())
        ? `the two oldest were to be delivered again, ${again.length} came: ${canonical(again)}`
        : other.mailbox.arrivals.length !== 1
          ? `another bearer's event was delivered ${other.mailbox.arrivals.length} times`
          : undefined
  )
  const dead = await send(world, 'post_admin_webhooks_replay', { body: { bearer_id: one.id } })
  world.judge_(
    'state',
    'replays',
    dead,
    recordOf(dead)['replayed'] === 0
      ? undefined
      : `without a status the dead are meant, and there are none: ${dead.text}`
  )
}

/** A letter that is retried or put away is in the list no more, and cannot be used again; others stay. */
async function letters(world: World): Promise<void> {
  const { actor } = preparedLetters(world, 'judged')
  const [newest, next, ...rest] = await deadLettersOf(world, actor)
  for (const [operation, id] of [
    ['post_admin_dead_letters_by_id_retry', newest],
    ['delete_admin_dead_letters_by_id', next]
  ] as const) {
    const params = { id: id ?? 0 }
    const done = await send(world, operation, { params })
    const twice = await send(world, operation, { params })
    world.judge_(
      'state',
      'dead-letters',
      twice,
      done.status < 300 && twice.status === 404
        ? undefined
        : `used twice: must be done and then absent, got ${done.status} and ${twice.status}`
    )
  }
  const left = await deadLettersOf(world, actor)
  const query = { bearer_id: String(actor.id), lane: world.fresh('lane') }
  const elsewhere = await send(world, 'get_admin_dead_letters', { query })
  world.judge_(
    'state',
    'dead-letters',
    elsewhere,
    canonical(left) === canonical(rest) && records(elsewhere.body).length === 0
      ? undefined
      : `${canonical(rest)} must be left, are ${canonical(left)}; in a lane of nobody ${records(elsewhere.body).length}`
  )
}

const minute = 60_000

/** Counts of today, by bearer and status, in the source that was asked for. */
async function stats(world: World): Promise<void> {
  const { twilio } = world
  if (!twilio) {
    const reason =
      'counts may be a minute old: that they follow needs a clock to move: --mock-twilio'
    world.ledger.skip({ group: 'state', subject: 'get_admin_stats', status: 200, reason })
    return
  }
  const [actor, other] = [await world.bearer(), await world.bearer()]
  await scheduled(world, actor)
  await scheduled(world, actor)
  const { created_at: createdAt, message_uuid: uuid } = await scheduled(world, actor)
  await world.must('delete_messages_by_uuid', actor, { params: { uuid: String(uuid) } })
  await createMessage(world, other, { send_at: '2090-01-01T12:00:00Z' })
  await twilio.advance(minute + 1_000)
  const today = String(createdAt).slice(0, 10)
  const bearer = String(actor.id)
  const wanted = [
    ['messages', today, actor.id, 'canceled', 1],
    ['messages', today, actor.id, 'scheduled', 2]
  ]
  const cases: [Record<string, string>, unknown[]][] = [
    [{ bearer_id: bearer, source: 'messages' }, wanted],
    [{ bearer_id: bearer, source: 'messages', from: today, to: today }, wanted],
    [{ bearer_id: bearer, source: 'messages', to: dayAfter(today, -1) }, []],
    [{ bearer_id: bearer, source: 'announcements' }, []]
  ]
  for (const [query, expected] of cases) {
    const counted = await send(world, 'get_admin_stats', { query })
    const { days, totals } = recordOf(counted)
    const shown = records(days)
      .map(each => [each['source'], each['day'], each['bearer_id'], each['status'], each['count']])
      .toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
    const sums = expected.length > 0 ? { canceled: 1, scheduled: 2 } : {}
    const source = query['source'] ?? ''
    world.judge_(
      'state',
      'stats',
      counted,
      canonical([shown, totals]) === canonical([expected, { [source]: sums }])
        ? undefined
        : `${canonical(query)} must count ${canonical(expected)}, counts ${canonical([shown, totals])}`
    )
  }
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
