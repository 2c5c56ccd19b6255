import { readFileSync } from 'node:fs'
import { startPrismProxy, type PrismProxy } from '../api/prism-proxy.ts'
import { checkAccess } from './checks/access.ts'
import { checkEvents, timeOut } from './checks/events.ts'
import { checkEvolution } from './checks/evolution.ts'
import { checkIdempotency } from './checks/idempotency.ts'
import { checkPages } from './checks/pages.ts'
import { checkProviders } from './checks/providers.ts'
import { checkRefusals } from './checks/refusals.ts'
import { checkShape } from './checks/shape.ts'
import { checkState } from './checks/state.ts'
import { createClient } from './client.ts'
import { type ApiDocument, type Operation, readDocument } from './document.ts'
import { openInbox } from './inbox.ts'
import { createLedger, type Group, groups, type Ledger } from './ledger.ts'
import type { ContractOptions } from './options.ts'
import { randomFrom } from './random.ts'
import { eventStories } from './recipes/event-stories.ts'
import { recipes, resources } from './recipes/recipes.ts'
import { createResponseJudge } from './response-judge.ts'
import { connectTwilioControl } from './twilio-control.ts'
import { connectZoomControl } from './zoom-control.ts'
import { type Actor, createWorld, recordOf, type World } from './world/world.ts'

/** What a run found, and how long it took. */
export interface RunResult {
  ledger: Ledger
  document: ApiDocument
  /** Those that were judged. */
  operations: readonly Operation[]
  options: Omit<ContractOptions, 'token'>
  ms: number
  /** By group. */
  groupMs: Partial<Record<Group, number>>
}

const checks: Record<Exclude<Group, 'events'>, (world: World) => Promise<void>> = {
  shape: checkShape,
  refusals: checkRefusals,
  access: checkAccess,
  idempotency: checkIdempotency,
  pages: checkPages,
  state: checkState,
  providers: checkProviders,
  evolution: checkEvolution
}

const documentFile = new URL('../openapi.json', import.meta.url)

/** Judges a running server. What it finds wrong is in the result; it throws only when it cannot judge. */
export async function runContract(
  options: ContractOptions,
  tell: (line: string) => void = () => {}
): Promise<RunResult> {
  const startedAt = performance.now()
  const document = readDocument(JSON.parse(readFileSync(documentFile, 'utf8')))
  const ledger = createLedger()
  const judge = createResponseJudge(document)
  const endings: (() => Promise<unknown>)[] = []
  const groupMs: RunResult['groupMs'] = {}
  const operations = document.operations.filter(
    ({ id }) => recipes.has(id) && (options.operations?.test(id) ?? true)
  )
  try {
    const prism = options.prism
      ? await startPrismProxy({ document: document.json, upstream: options.url })
      : undefined
    if (prism) endings.push(() => prism.close())
    const client = createClient({
      url: options.url,
      proxyUrl: prism?.url,
      judge,
      ledger,
      adminToken: options.token
    })
    endings.push(() => client.close())
    const inbox = await openInbox({
      host: options.eventsHost,
      port: options.eventsPort,
      publicUrl: options.eventsUrl
    })
    endings.push(() => inbox.close())
    const twilio =
      options.mockTwilio === undefined ? undefined : connectTwilioControl(options.mockTwilio)
    const zoom = options.mockZoom === undefined ? undefined : connectZoomControl(options.mockZoom)
    const admin: Actor = {
      id: 0,
      name: '',
      token: options.token,
      keyId: 0,
      callback: { username: '', password: '', signingSecret: '' },
      mailbox: inbox.open('admin')
    }
    client.leaks.remember(options.token)
    const random = randomFrom(options.seed)
    const world = createWorld({
      options,
      document,
      judge,
      client,
      ledger,
      random,
      recipes,
      inbox,
      twilio,
      zoom,
      admin,
      operations
    })
    const known = recordOf(await world.must('get_bearer', admin))
    admin.id = Number(known['id'])
    admin.name = String(known['bearer_name'])
    if (known['bearer_type'] !== 'Admin') throw new Error('--token must be of an Admin bearer')

    for (const { id } of document.operations.filter(operation => !recipes.has(operation.id)))
      ledger.skip({ group: 'shape', subject: id, status: 0, reason: 'it has no recipe yet' })
    const toldOf = new Set(eventStories.flatMap(({ types }) => types))
    for (const { type } of document.events.filter(event => !toldOf.has(event.type)))
      ledger.skip({ group: 'events', subject: type, status: 0, reason: 'it has no story yet' })
    for (const resource of resources)
      if (resource.prepare && operations.some(({ id }) => id in resource.operations))
        await attempt(world, 'shape', async each => resource.prepare?.(each))
    const slow = options.only.includes('events') ? timeOut(world) : Promise.resolve()
    slow.catch(() => undefined)
    for (const group of groups.filter(each => options.only.includes(each))) {
      const check = group === 'events' ? (each: World) => checkEvents(each, slow) : checks[group]
      const groupStartedAt = performance.now()
      // Virtual time waits for what is in flight: an answer that never comes would hold up a day of it for minutes.
      if (group === 'idempotency') await slow.catch(() => undefined)
      await attempt(world, group, check)
      hearPrism(world, prism)
      groupMs[group] = performance.now() - groupStartedAt
      tell(`${group}: ${Math.round(groupMs[group])} ms, ${ledger.failures.length} failures so far`)
    }
  } finally {
    for (const end of endings.toReversed()) await end()
  }
  const { token: _, ...told } = options
  return { ledger, document, operations, options: told, ms: performance.now() - startedAt, groupMs }
}

/** A group that cannot go on is a failure of the server, told with what stopped it. */
async function attempt(
  world: World,
  group: Group,
  check: (world: World) => Promise<void>
): Promise<void> {
  try {
    await check(world)
  } catch (error) {
    world.ledger.fail(
      { group, check: `${group}/goes-on`, subject: '', status: 0 },
      `the checks of this group could not go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ''
    )
  }
}

/** What Prism, which saw every exchange, holds against the server. Requests are broken on purpose. */
function hearPrism(world: World, prism: PrismProxy | undefined): void {
  const violations = prism?.takeViolations() ?? []
  for (const { method, path, status, location, message } of violations) {
    if (location[0] === 'request') continue
    const [url = ''] = path.split('?')
    const operation = world.document.operations.find(
      each =>
        each.method === method &&
        new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url)
    )
    world.ledger.fail(
      { group: 'shape', check: 'shape/prism', subject: operation?.id ?? path, status },
      `Prism: ${location.join('.')} ${message}`,
      `curl -i -X ${method} '${world.options.url}${path}'`
    )
  }
}
