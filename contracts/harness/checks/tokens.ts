import type { Exchange } from '../client.ts'
import { isRecord, type Json, list, textIn, valueAt } from '../json.ts'
import { createVideoCall, keyOf } from '../recipes/video-calls.ts'
import { recordOf, type World } from '../world/world.ts'

/** The tokens with which people call and join: for whom they are, for what, and for how long. */
export async function checkTokens(world: World, isServed: (id: string) => boolean): Promise<void> {
  if (isServed('post_sdk_calls_voice_token')) await voiceTokens(world)
  if (isServed('post_video_call_participants')) await sessionTokens(world)
}

/** What a token says, unverified: whoever takes it verifies it. */
function claimsIn(token: unknown): Json {
  const [, claims = ''] = textIn(token).split('.')
  try {
    const value: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString())
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

const judge = (world: World, exchange: Exchange, problem: string | undefined): void =>
  world.judge_('state', 'tokens', exchange, problem)

/** A staff member of one bearer is nobody to another, whatever they are called. */
async function voiceTokens(world: World): Promise<void> {
  const operation = world.document.operation('post_sdk_calls_voice_token')
  const identities = new Set<string>()
  const names = ['teacher-17', 'teacher_17', 'Frau Müller 🎉', 'client:teacher-17', 'x'.repeat(255)]
  const actors = [await world.bearer(), await world.bearer()]
  for (const actor of actors)
    for (const name of names) {
      const conversationId = world.fresh('class')
      const body = { conversation: { moderator_id: name, client_conversation_id: conversationId } }
      const before = Math.floor((await world.now()) / 1_000)
      const exchange = await world.send(operation, actor, { body, secret: true })
      const { identity, token } = recordOf(exchange)
      identities.add(textIn(identity))
      const claims = claimsIn(token)
      const grant = valueAt(claims, ['grants', 'voice'])
      const lifetime = Number(claims['exp']) - Number(claims['iat'])
      const parameters = valueAt(grant, ['outgoing', 'params'])
      judge(
        world,
        exchange,
        valueAt(claims, ['grants', 'identity']) !== identity
          ? 'the token is for another browser than the answer says'
          : !/^[A-Za-z0-9_]{1,121}$/.test(textIn(identity))
            ? `the provider does not take the identity ${textIn(identity)}`
            : lifetime !== world.options.voiceTokenSeconds
              ? `the token is good for ${lifetime} s, not ${world.options.voiceTokenSeconds} s`
              : Math.abs(Number(claims['iat']) - before) > 60
                ? 'the token was not issued now'
                : isRecord(parameters) && parameters['client_conversation_id'] === conversationId
                  ? undefined
                  : 'the token does not tell the conversation'
      )
      if (!world.twilio) continue
      const taken = await world.twilio.signIn(textIn(token)).catch(String)
      judge(world, exchange, taken === identity ? undefined : `the provider refuses it: ${taken}`)
    }
  const last = await world.send(operation, actors[0] ?? world.admin, {
    body: { conversation: { moderator_id: names[0] } },
    secret: true
  })
  judge(
    world,
    last,
    identities.size === names.length * actors.length
      ? undefined
      : `${names.length * actors.length} staff members have ${identities.size} identities`
  )
  judge(
    world,
    last,
    identities.has(textIn(recordOf(last)['identity']))
      ? undefined
      : 'the same staff member has another identity each time'
  )
}

/** A token opens one session, to one person, as what they are: https://developers.zoom.us/docs/video-sdk/auth/ */
async function sessionTokens(world: World): Promise<void> {
  const operation = world.document.operation('post_video_call_participants')
  const actor = await world.bearer()
  const call = await createVideoCall(world, actor)
  const topic = textIn(call['session_name'])
  const expect = (exchange: Exchange, token: unknown, userKey: unknown, role: number): void => {
    const claims = claimsIn(token)
    const wrong = (
      [
        ['tpc', topic],
        ['session_key', keyOf(call)],
        ['role_type', role],
        ['user_key', userKey]
      ] as const
    ).find(([name, value]) => claims[name] !== value)
    const lifetime = Number(claims['exp']) - Number(claims['iat'])
    judge(
      world,
      exchange,
      wrong
        ? `${wrong[0]} of the token must be ${String(wrong[1])}, is ${String(claims[wrong[0]])}`
        : lifetime >= 1_800 && lifetime <= 172_800
          ? undefined
          : `the provider takes no token of ${lifetime} s`
    )
  }
  for (const [isHost, role] of [
    [true, 1],
    [false, 0],
    [undefined, 0]
  ] as const) {
    const userKey = world.fresh('u').slice(-36)
    const participant = { session_key: keyOf(call), username: 'Ana Lima', user_key: userKey }
    const exchange = await world.send(operation, actor, {
      body: { participant: { ...participant, ...(isHost !== undefined && { is_host: isHost }) } },
      secret: true
    })
    expect(exchange, recordOf(exchange)['token_signature'], userKey, role)
  }
  const read = await world.send(world.document.operation('get_video_calls_by_session_key'), actor, {
    params: { session_key: keyOf(call) },
    secret: true
  })
  const people = list(recordOf(read)['video_call_participants']).filter(isRecord)
  for (const each of people)
    expect(
      read,
      each['token_signature'],
      each['shunkan_ido_user_key'],
      each['is_host'] === true ? 1 : 0
    )
  expect(read, recordOf(read)['host_token'], people[0]?.['shunkan_ido_user_key'], 1)
}
