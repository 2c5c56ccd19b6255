import { canonical, isRecord, type Json, list, textIn, withoutId } from '../json.ts'
import { aNumber, bareService, createService, uuidOf } from '../recipes/messaging-services.ts'
import { aSid, signed } from '../recipes/provider-callbacks.ts'
import { brandNews } from '../recipes/compliance.ts'
import type { Exchange } from '../client.ts'
import { settled } from './callbacks.ts'
import { fieldsNamed } from './refusals.ts'
import { type Actor, type Case, eventually, recordOf, type World } from '../world/world.ts'

/** Messaging services: whose they are, their numbers, what moves between them, what the provider says of them. */
export async function checkMessagingServices(world: World): Promise<void> {
  await findersFindTheirs(world)
  await idsOfTheProvider(world)
  await numbersComeAndGo(world)
  await jobsMoveNumbers(world)
  await reviewsAreTold(world)
}

const serviceAt = async (world: World, actor: Actor, uuid: string): Promise<Json> =>
  recordOf(await world.must('get_messaging_services_by_uuid', actor, { params: { uuid } }))

const numbersIn = (service: Json): Json[] => list(service['provider_numbers']).filter(isRecord)

const change = (world: World, actor: Actor, uuid: string, fields: Json): Promise<Exchange> =>
  world.send(world.document.operation('patch_messaging_services_by_uuid'), actor, {
    params: { uuid },
    body: { messaging_service: fields }
  })

/** Of several services the one that was asked for, of one's own; an administrator finds everybody's. */
async function findersFindTheirs(world: World): Promise<void> {
  const [owner, other] = [await world.bearer(), await world.bearer()]
  const wanted = await createService(world, owner)
  await createService(world, owner)
  const alike = await createService(world, other, { name: wanted['name'] })
  for (const name of [
    'twilio_messaging_sid',
    'provider_messaging_sid',
    'global_customer_id',
    'name'
  ]) {
    const query = { [name]: String(wanted[name]) }
    for (const actor of [owner, world.admin]) {
      const found = await world.send(
        world.document.operation(`get_messaging_services_by_${name}`),
        actor,
        { query }
      )
      world.judge_(
        'state',
        'finders',
        found,
        canonical(found.body) === canonical(wanted)
          ? undefined
          : `${name} ${query[name]} found ${String(recordOf(found)['uuid'])} instead of ${uuidOf(wanted)}`
      )
    }
  }
  const listed = await world.send(world.document.operation('get_messaging_services'), other, {})
  const uuids = list(listed.body).filter(isRecord).map(uuidOf)
  world.judge_(
    'state',
    'own-lists',
    listed,
    canonical(uuids) === canonical([uuidOf(alike)])
      ? undefined
      : `a bearer with one service sees ${uuids.length}`
  )
}

/** A service at Twilio has an id of Twilio's; one elsewhere has any. */
async function idsOfTheProvider(world: World): Promise<void> {
  const actor = await world.bearer()
  const uuid = uuidOf(await createService(world, actor))
  for (const sid of ['MG123', `XX${'0'.repeat(32)}`, `MG${'g'.repeat(32)}`]) {
    const refused = await change(world, actor, uuid, { provider_messaging_sid: sid })
    world.judge_(
      'state',
      'provider-ids',
      refused,
      refused.status === 422 &&
        fieldsNamed(refused).includes('messaging_service.provider_messaging_sid')
        ? undefined
        : `${sid} is no id of Twilio and must be refused by name, got ${refused.status}`
    )
    const elsewhere = await change(world, actor, uuid, {
      provider_name: 'bandwidth',
      provider_messaging_sid: world.fresh(sid)
    })
    world.judge_(
      'state',
      'provider-ids',
      elsewhere,
      elsewhere.status === 200 ? undefined : `elsewhere any id is one, got ${elsewhere.status}`
    )
    const back = aSid(world, 'MG')
    await change(world, actor, uuid, {
      provider_name: 'twilio',
      provider_messaging_sid: back,
      twilio_messaging_sid: back
    })
  }
}

/** A number that is named is added or changed, one that is destroyed is gone, others stay; it is in one service. */
async function numbersComeAndGo(world: World): Promise<void> {
  const actor = await world.bearer()
  const [stays, leaves, comes] = [aNumber(world), aNumber(world), aNumber(world)]
  const service = await createService(world, actor, {
    ...bareService,
    provider_numbers_attributes: [stays, leaves]
  })
  const uuid = uuidOf(service)
  const changed = await change(world, actor, uuid, {
    twilio_numbers: {
      '0': { ...comes, announcement_number: true },
      '1': { number: leaves['number'], _destroy: true }
    }
  })
  const wanted = [
    { ...stays, announcement_number: false },
    { ...comes, announcement_number: true }
  ]
  const shown = numbersIn(await serviceAt(world, actor, uuid)).map(each => withoutId(each))
  world.judge_(
    'state',
    'numbers',
    changed,
    canonical(shown) === canonical(wanted)
      ? undefined
      : `numbers must be ${canonical(wanted)}, are ${canonical(shown)}`
  )

  const other = await createService(world, await world.bearer(), bareService)
  const taken = await change(world, world.admin, uuidOf(other), { provider_numbers: [stays] })
  world.judge_(
    'state',
    'numbers',
    taken,
    taken.status === 409 &&
      numbersIn(await serviceAt(world, world.admin, uuidOf(other))).length === 0
      ? undefined
      : `a number of another service must be refused with 409, got ${taken.status}`
  )
  const foreign = await change(world, actor, uuid, {
    provider_numbers: [{ ...aNumber(world), state_code: 'TX' }]
  })
  world.judge_(
    'state',
    'numbers',
    foreign,
    foreign.status === 422
      ? undefined
      : `a number of another state than its customer must be refused with 422, got ${foreign.status}`
  )
}

/** Numbers are bought at the provider, in the state of the customer, and moved: they are in one service, then in the other. */
async function jobsMoveNumbers(world: World): Promise<void> {
  const { twilio } = world
  const subject = 'get_admin_number_jobs_by_uuid'
  if (!twilio) {
    const reason = 'that numbers are bought and moved needs a provider: --mock-twilio'
    world.ledger.skip({ group: 'state', subject, status: 200, reason })
    return
  }
  const actor = await world.bearer()
  const [source, target] = await Promise.all(
    [1, 2].map(async () => {
      const sid = await twilio.createService(world.fresh('service'))
      const ids = { provider_messaging_sid: sid, twilio_messaging_sid: sid }
      return uuidOf(await createService(world, actor, { ...bareService, ...ids }))
    })
  )
  if (source === undefined || target === undefined) return
  const bought = await follow(world, 'provision', source, { count: 2 })
  const numbers = numbersIn(await serviceAt(world, actor, source))
  const named = list(recordOf(bought)['numbers']).filter(isRecord)
  world.judge_(
    'state',
    'jobs',
    bought,
    recordOf(bought)['state'] === 'done' &&
      numbers.length === 2 &&
      numbers.every(each => each['state_code'] === 'MS' && textIn(each['sid']) !== '') &&
      canonical(named.map(each => each['number'])) ===
        canonical(numbers.map(each => each['number']))
      ? undefined
      : `two numbers were to be bought in MS; the job is ${bought.text}, the service has ${canonical(numbers)}`
  )
  const [moved, kept] = numbers.map(each => String(each['number']))
  const job = await follow(world, 'migrate', source, { target_uuid: target, numbers: [moved] })
  const [left, arrived] = [
    numbersIn(await serviceAt(world, actor, source)).map(each => each['number']),
    numbersIn(await serviceAt(world, actor, target)).map(each => each['number'])
  ]
  world.judge_(
    'state',
    'jobs',
    job,
    canonical([left, arrived]) === canonical([[kept], [moved]])
      ? undefined
      : `${moved} was to be moved alone; the services have ${canonical([left, arrived])}: ${job.text}`
  )
}

/** Asks for a job, and for how it went until it is over. */
async function follow(world: World, what: string, uuid: string, body: Json): Promise<Exchange> {
  const asked = await world.must(`post_admin_messaging_services_by_uuid_${what}`, world.admin, {
    params: { uuid },
    body
  })
  const params = { uuid: String(recordOf(asked)['uuid']) }
  let read = asked
  await eventually(
    world,
    async () => {
      read = await world.must('get_admin_number_jobs_by_uuid', world.admin, { params })
      return recordOf(read)['state'] !== 'running'
    },
    { stepMs: 500 }
  )
  return read
}

/** What the provider says of reviews is told by the service that it is about; what it did not sign is nothing. */
async function reviewsAreTold(world: World): Promise<void> {
  if (world.options.signingToken === undefined) return
  const actor = await world.bearer()
  const service = await createService(world, actor, bareService)
  const uuid = uuidOf(service)
  const profiles = 'post_webhooks_twilio_customer_profiles_compliance'
  const brands = 'post_webhooks_twilio_brands_compliance'
  const post = (id: string, request: Case, token?: string): Promise<Exchange> => {
    const operation = world.document.operation(id)
    return world.send(operation, null, signed(world, operation, request, token), { around: true })
  }
  const profile = (Status: string, token?: string): Promise<Exchange> =>
    post(
      profiles,
      {
        body: { BundleSid: service['business_profile_sid'], Status, FailureReason: 'No such town' }
      },
      token
    )
  const brand = (brandstatus: string, at: string, token?: string): Promise<Exchange> => {
    const data = { brandsid: service['brand_registration_sid'], brandstatus }
    return post(brands, { body: [brandNews(world, data, new Date(at))] }, token)
  }
  const words = ['business_profile_status', 'brand_status', 'compliance_error']
  const becomes = async (last: Exchange, wanted: readonly unknown[]): Promise<void> => {
    let shown: unknown[] = []
    await eventually(world, async () => {
      const read = await serviceAt(world, actor, uuid)
      shown = words.map(name => read[name])
      return canonical(shown) === canonical(wanted)
    })
    world.judge_(
      'state',
      'reviews',
      last,
      canonical(shown) === canonical(wanted)
        ? undefined
        : `${words.join(', ')} must become ${canonical(wanted)}, are ${canonical(shown)}`
    )
  }
  await profile('twilio-approved', 'another-token')
  await brand('REGISTERED', '2026-03-03T00:00:00Z', 'another-token')
  await becomes(await profile('in-review'), ['in-review', null, null])
  await becomes(await profile('twilio-rejected'), ['twilio-rejected', null, 'No such town'])
  await becomes(await profile('twilio-approved'), ['twilio-approved', null, null])
  // Twice, and late: nothing comes of it.
  await profile('twilio-approved')
  await profile('in-review')
  await becomes(await brand('REGISTERED', '2026-03-02T00:00:00Z'), [
    'twilio-approved',
    'REGISTERED',
    null
  ])
  const late = await brand('PENDING', '2026-03-01T00:00:00Z')
  await settled(world)
  await becomes(late, ['twilio-approved', 'REGISTERED', null])
  await becomes(await brand('FAILED', '2026-03-03T00:00:00Z'), ['twilio-approved', 'FAILED', null])
  const unknown = await post(profiles, {
    body: { BundleSid: aSid(world, 'BU'), Status: 'twilio-approved' }
  })
  world.judge_(
    'state',
    'reviews',
    unknown,
    unknown.status === 204 ? undefined : `a review of nobody must be taken, got ${unknown.status}`
  )
}
