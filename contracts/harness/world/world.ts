import type { Client, Exchange } from '../client.ts'
import { type ApiDocument, type Operation, successOf } from '../document.ts'
import type { Inbox, Mailbox } from '../inbox.ts'
import { isRecord, type Json } from '../json.ts'
import type { Group, Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import type { OperationRecipe, Recipes } from '../recipes/recipe.ts'
import type { ResponseJudge } from '../response-judge.ts'
import type { ContractOptions } from '../options.ts'
import type { TwilioControl } from '../twilio-control.ts'
import type { ZoomControl } from '../zoom-control.ts'

/** Somebody with a token. */
export interface Actor {
  id: number
  name: string
  token: string
  keyId: number
  callback: { username: string; password: string; signingSecret: string }
  /** Where its events arrive. */
  mailbox: Mailbox
}

/** A request of an operation, without the one who makes it. */
export interface Case {
  params?: Record<string, string | number>
  query?: Record<string, string>
  body?: unknown
  raw?: { type: string | null; content: string | Buffer }
  headers?: Record<string, string>
  /** Holds a secret in its answer, rightly. */
  secret?: boolean
  /** Sent with the signature that it has or lacks, where requests of its operation are signed as they are sent. */
  asIs?: boolean
}

/** What the checks work with: the server under judgement, and everything around it that can be moved. */
export interface World {
  options: ContractOptions
  document: ApiDocument
  judge: ResponseJudge
  client: Client
  ledger: Ledger
  random: Random
  recipes: Recipes
  inbox: Inbox
  /** Absent when the provider cannot be driven. */
  twilio: TwilioControl | undefined
  /** Absent when nobody can be made to join a video session. */
  zoom: ZoomControl | undefined
  admin: Actor
  /** What was made before the judging began: resources of somebody, by the name of what they are for. */
  prepared: Map<string, { actor: Actor; ids: number[] }>
  /** The operations that are judged: those of the document that have a recipe and were asked for. */
  operations: readonly Operation[]
  /** A text that nothing else of any run is called. */
  fresh(what: string): string
  /** A number that nobody wrote to yet. */
  receiver(): string
  /** The server's time, in milliseconds since the epoch: the provider's, where that can be asked. */
  now(): Promise<number>
  bearer(type?: 'Admin' | 'Application' | 'User'): Promise<Actor>
  /** Who makes a request of the operation when nothing else is said. */
  actorFor(operation: Operation): Promise<Actor>
  recipe(operation: Operation): OperationRecipe
  send(operation: Operation, actor: Actor | null, request: Case, how?: Sending): Promise<Exchange>
  /** By the operation's id, for what a check needs done on the way. @throws when it does not succeed */
  must(operationId: string, actor: Actor, request?: Case): Promise<Exchange>
  /** Adds a verdict about an answer. */
  judge_(group: Group, check: string, exchange: Exchange, problem: string | undefined): void
}

export interface Sending {
  around?: boolean
  offDocument?: boolean
  token?: string | null
  url?: string
  method?: string
}

export function createWorld(
  parts: Omit<
    World,
    | 'prepared'
    | 'fresh'
    | 'receiver'
    | 'now'
    | 'bearer'
    | 'actorFor'
    | 'recipe'
    | 'send'
    | 'must'
    | 'judge_'
  >
): World {
  const { document, client, ledger, random, recipes, inbox, options } = parts
  let names = 0
  const fresh = (what: string): string =>
    `${what}-${options.runId}-${(names++).toString(36)}${random.integer(36 ** 3).toString(36)}`
  const usedNumbers = new Set<string>()

  const now: World['now'] = () => parts.twilio?.now() ?? Promise.resolve(Date.now())

  const send: World['send'] = async (operation, actor, given, how = {}) => {
    const sign = given.asIs === true ? undefined : recipes.get(operation.id)?.sign
    const request = sign ? sign(options, given, await now()) : given
    return client.send({
      operation,
      token: actor?.token ?? null,
      secret: request.secret === true,
      ...(request.params && { params: request.params }),
      ...(request.query && { query: request.query }),
      ...(request.body !== undefined && { body: request.body }),
      ...(request.raw && { raw: request.raw }),
      ...(request.headers && { headers: request.headers }),
      ...how
    })
  }

  const must: World['must'] = async (operationId, actor, request = {}) => {
    const exchange = await send(document.operation(operationId), actor, request)
    if (exchange.status >= 300)
      throw new Error(
        `${operationId} was needed and answered ${exchange.status}: ${exchange.text.slice(0, 300)}\n  ${exchange.curl}`
      )
    return exchange
  }

  const bearer: World['bearer'] = async (type = 'Application') => {
    const name = fresh('contract')
    const mailbox = inbox.open(name)
    const callback = { username: fresh('user'), password: fresh('password') }
    client.leaks.remember(callback.password)
    const created = await must('post_admin_bearers', parts.admin, {
      body: { bearer_name: name, bearer_type: type, callback_url: mailbox.url, ...callback },
      secret: true
    })
    const { id, signing_secret: signingSecret } = recordOf(created)
    const key = await must('post_admin_api_keys', parts.admin, {
      body: { bearer_id: id },
      secret: true
    })
    const { token, id: keyId } = recordOf(key)
    client.leaks.remember(String(token))
    client.leaks.remember(String(signingSecret))
    return {
      id: Number(id),
      name,
      token: String(token),
      keyId: Number(keyId),
      callback: { ...callback, signingSecret: String(signingSecret) },
      mailbox
    }
  }

  const recipe = (operation: Operation): OperationRecipe => {
    const found = recipes.get(operation.id)
    if (!found) throw new Error(`There is no recipe for ${operation.id}`)
    return found
  }

  return {
    ...parts,
    prepared: new Map(),
    fresh,
    now,
    receiver() {
      for (;;) {
        const number = `+1601${2_000_000 + random.integer(7_999_999)}`
        // Numbers ending so are unreachable at the simulator, on purpose.
        if (/300\d\d$/.test(number) || usedNumbers.has(number)) continue
        usedNumbers.add(number)
        return number
      }
    },
    bearer,
    async actorFor(operation) {
      if (operation.access === 'admin') return parts.admin
      return bearer(recipe(operation).bearerType)
    },
    recipe,
    send,
    must,
    judge_(group, check, exchange, problem) {
      const verdict = {
        group,
        check: `${group}/${check}`,
        subject: exchange.operation.id,
        status: exchange.status
      }
      if (problem === undefined) ledger.pass(verdict)
      else ledger.fail(verdict, problem, exchange.curl)
    }
  }
}

/** The JSON object that an answer holds. */
export const recordOf = ({ body }: { body: unknown }): Json => (isRecord(body) ? body : {})

/** Which success the operation's usual request gets. */
export const expectedStatus = (world: Pick<World, 'recipe'>, operation: Operation): number =>
  world.recipe(operation).success ?? successOf(operation)

/** Does the same for all, a few at a time. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  atOnce = 6
): Promise<void> {
  const queue = items.values()
  const failures: unknown[] = []
  const take = async (): Promise<void> => {
    for (const item of queue) {
      try {
        await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, take))
  if (failures.length > 0) throw failures[0]
}

/** Asks until it is so; the last answer when time is up. Virtual time moves meanwhile, where it can. */
export async function eventually(
  world: Pick<World, 'twilio' | 'options'>,
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = world.options.patienceMs, stepMs = 0 } = {}
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    if (await condition()) return true
    if (performance.now() > deadline) return false
    if (stepMs > 0 && world.twilio) await world.twilio.advance(stepMs)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
