import { list, type Json } from '../json.ts'
import { type Actor, type Case, recordOf, type World } from '../world/world.ts'
import { aSid } from './provider-callbacks.ts'
import type { OperationRecipe, ResourceRecipes } from './recipe.ts'

const state = 'MS'
/** A state that no provider has numbers of: what is bought there ends at once. */
const nowhere = 'ZZ'

/** A number belongs to one service for ever, so twenty runs at one server need many: any area code will do. */
const ownNumber = ({ random }: World): string =>
  `+1${200 + random.integer(800)}${2_000_000 + random.integer(8_000_000)}`

export const aNumber = (world: World): Json => ({
  number: ownNumber(world),
  sid: aSid(world, 'PN'),
  state_code: state,
  announcement_number: false,
  number_type: 'long_code'
})

/** A service that the provider does not know: nothing that is asked about it there takes long. */
const aService = (world: World, fields: Json = {}): Json => {
  const sid = aSid(world, 'MG')
  return {
    name: world.fresh('service'),
    global_customer_id: world.fresh('customer'),
    provider_name: 'twilio',
    provider_messaging_sid: sid,
    twilio_messaging_sid: sid,
    state_code: state,
    business_profile_sid: aSid(world, 'BU'),
    shaken_stir_product_sid: aSid(world, 'BU'),
    brand_registration_sid: aSid(world, 'BN'),
    provider_numbers_attributes: [aNumber(world)],
    provider_numbers: [aNumber(world)],
    twilio_numbers: [aNumber(world)],
    ...fields
  }
}

export async function createService(world: World, actor: Actor, fields: Json = {}): Promise<Json> {
  const body = { messaging_service: aService(world, fields) }
  return recordOf(await world.must('post_messaging_services', actor, { body }))
}

export const uuidOf = ({ uuid }: Json): string => String(uuid)

/** The SID of a service that there is: another cannot have it. */
async function taken(world: World, actor: Actor): Promise<Json> {
  const sid = String((await createService(world, actor))['provider_messaging_sid'])
  return { provider_messaging_sid: sid, twilio_messaging_sid: sid }
}

/** Ids at the provider have a form of their own, which the document tells in words. */
const ids = ['provider_messaging_sid', 'twilio_messaging_sid']

const numberLists = ['provider_numbers_attributes', 'provider_numbers', 'twilio_numbers']

/** Good values of the fields with a pattern. */
const samplesWithin = (path: string): Record<string, string> => ({
  [`${path}state_code`]: state,
  [`${path}business_profile_sid`]: `BU${'1'.repeat(32)}`,
  [`${path}shaken_stir_product_sid`]: `BU${'2'.repeat(32)}`,
  [`${path}brand_registration_sid`]: `BN${'3'.repeat(32)}`,
  ...Object.fromEntries(
    numberLists.flatMap(name => [
      [`${path}${name}[0].state_code`, state],
      [`${path}${name}[0].sid`, `PN${'4'.repeat(32)}`]
    ])
  )
})

const wrapped = {
  references: ids.map(name => `messaging_service.${name}`),
  samples: samplesWithin('messaging_service.')
}

const findBy = (name: string): OperationRecipe => ({
  owned: true,
  valid: async (world, actor) => ({
    query: { [name]: String((await createService(world, actor))[name]) }
  }),
  provoke: { 404: async world => ({ query: { [name]: world.fresh('absent') } }) }
})

const update: OperationRecipe = {
  ...wrapped,
  valid: async (world, actor) => ({
    params: { uuid: uuidOf(await createService(world, actor)) },
    body: { messaging_service: aService(world) }
  }),
  provoke: {
    409: async (world, actor) => ({
      params: { uuid: uuidOf(await createService(world, actor)) },
      body: { messaging_service: await taken(world, actor) }
    })
  }
}

const provision = async (world: World, actor: Actor): Promise<Case> => ({
  params: { uuid: uuidOf(await createService(world, actor, { ...bareService, state_code: null })) },
  body: { count: 1, state_code: nowhere }
})

/** Without numbers. */
export const bareService = {
  provider_numbers_attributes: [],
  provider_numbers: [],
  twilio_numbers: []
}

/** A service with so many numbers, and another that they may move to. */
async function migration(world: World, actor: Actor, count = 1) {
  const numbers = Array.from({ length: count }, () => aNumber(world))
  const [source, target] = [
    await createService(world, actor, { ...bareService, provider_numbers: numbers }),
    await createService(world, actor, bareService)
  ]
  return {
    params: { uuid: uuidOf(source) },
    body: { target_uuid: uuidOf(target), numbers: numbers.map(({ number }) => String(number)) }
  }
}

/** So many that they are still on the move when the next request comes. */
const onTheMove = 120

async function migratingAlready(world: World, actor: Actor): Promise<Case> {
  const { params, body } = await migration(world, actor, onTheMove)
  await world.must('post_admin_messaging_services_by_uuid_migrate', actor, { params, body })
  const numbers = list(body.numbers).slice(-1)
  return { params, body: { ...body, numbers } }
}

async function createJob(world: World, serviceUuid: string): Promise<Json> {
  return recordOf(
    await world.must('post_admin_messaging_services_by_uuid_provision', world.admin, {
      params: { uuid: serviceUuid },
      body: { count: 1, state_code: nowhere }
    })
  )
}

export const messagingServices: ResourceRecipes = {
  operations: {
    get_messaging_services: { valid: async () => ({}) },
    post_messaging_services: {
      ...wrapped,
      valid: async world => ({ body: { messaging_service: aService(world) } }),
      provoke: {
        409: async (world, actor) => ({
          body: { messaging_service: aService(world, await taken(world, actor)) }
        })
      }
    },
    get_messaging_services_by_twilio_messaging_sid: findBy('twilio_messaging_sid'),
    get_messaging_services_by_provider_messaging_sid: findBy('provider_messaging_sid'),
    get_messaging_services_by_global_customer_id: findBy('global_customer_id'),
    get_messaging_services_by_name: findBy('name'),
    get_messaging_services_by_uuid: {
      valid: async (world, actor) => ({
        params: { uuid: uuidOf(await createService(world, actor)) }
      })
    },
    patch_messaging_services_by_uuid: update,
    put_messaging_services_by_uuid: update,
    post_admin_messaging_services: {
      references: [...ids, 'bearer_id'],
      samples: samplesWithin(''),
      valid: async world => ({
        body: { ...aService(world), bearer_id: (await world.bearer()).id }
      }),
      provoke: {
        409: async (world, actor) => ({ body: aService(world, await taken(world, actor)) })
      }
    },
    post_admin_messaging_services_synchronize: { valid: async () => ({}) },
    post_admin_messaging_services_by_uuid_synchronize: {
      valid: async (world, actor) => ({
        params: { uuid: uuidOf(await createService(world, actor)) }
      })
    },
    post_admin_messaging_services_by_uuid_provision: {
      samples: { state_code: nowhere },
      valid: provision
    },
    post_admin_messaging_services_by_uuid_migrate: {
      references: ['target_uuid', 'numbers', 'numbers[0]'],
      valid: (world, actor) => migration(world, actor),
      provoke: { 409: migratingAlready }
    },
    get_admin_number_jobs: { valid: async () => ({}) },
    get_admin_number_jobs_by_uuid: {
      valid: async (world, actor) => {
        const { uuid } = await createService(world, actor, { ...bareService, state_code: null })
        return { params: { uuid: uuidOf(await createJob(world, String(uuid))) } }
      }
    }
  },
  pages: [
    {
      operation: 'get_messaging_services',
      async fill(world, actor, count) {
        // Another bearer's, which the list must leave out.
        await createService(world, await world.bearer())
        const addOne = async (): Promise<void> => {
          await createService(world, actor)
        }
        for (let made = 0; made < count; made++) await addOne()
        return { request: {}, addOne, items: list }
      }
    },
    {
      operation: 'get_admin_number_jobs',
      async fill(world, actor, count) {
        const none = { ...bareService, state_code: null }
        const [own, other] = [
          uuidOf(await createService(world, actor, none)),
          uuidOf(await createService(world, actor, none))
        ]
        await createJob(world, other)
        const addOne = async (): Promise<void> => {
          await createJob(world, own)
        }
        for (let made = 0; made < count; made++) await addOne()
        return { request: { query: { messaging_service_uuid: own } }, addOne, items: list }
      }
    }
  ]
}
