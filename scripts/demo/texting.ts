import assert from 'node:assert/strict'
import { eventually, type Json, type Stage } from './stage.ts'

const school = '+16015550100'
const parent = '+16015550142'

/** One conversation between a school and a parent, from the first text to a replayed event. */
export async function texting(stage: Stage): Promise<void> {
  // Time moves only when the story moves it, so that every run prints the same.
  await stage.mock('POST', '/clock', { set: '2026-11-23T12:00:00Z', mode: 'frozen' })
  await aTextIsDelivered(stage)
  await theParentReplies(stage)
  await theParentOptsOutAndIn(stage)
  await aLongTextBecomesMms(stage)
  await aScheduledTextFires(stage)
  await aDeadEventIsReplayed(stage)
}

async function aTextIsDelivered(stage: Stage): Promise<void> {
  const message = await sendText(stage, 'School is closed today.')
  assert.equal(message.internal_status, 'queued')
  await stage.line(
    'school',
    `texts "${message.message_body}" (${message.num_segments} segment, ${message.encoding})`
  )

  await handedOver(stage, message)
  await stage.advance('10 s')
  for (const status of ['sent', 'delivered']) {
    await statusEvent(stage, message, status)
    await stage.line('client app', `hears that it is ${status}`)
  }
  const phone = await stage.mock('GET', `/handsets/${parent}`)
  assert.equal(phone.messages.at(-1).body, message.message_body)
  await stage.line("parent's", `phone shows "${phone.messages.at(-1).body}"`)
}

async function theParentReplies(stage: Stage): Promise<void> {
  await parentTexts(stage, 'Thank you! 👍')
  const reply = await stage.nextEvent(
    'messages.message.inbound_sms',
    payload => payload.message_body === 'Thank you! 👍'
  )
  assert.equal(reply.client_conversation_id, 'class-4b')
  await stage.line(
    'client app',
    `gets the reply in the conversation ${reply.client_conversation_id}`
  )
}

async function theParentOptsOutAndIn(stage: Stage): Promise<void> {
  await parentTexts(stage, 'STOP')
  const optOut = await stage.nextEvent(
    'messages.message.opt_out',
    payload => payload.keyword === 'STOP'
  )
  await stage.line('client app', `hears of the opt-out by ${optOut.keyword}`)

  const { error } = await stage.api('POST', '/messages', {
    body: text('Are you there?'),
    expect: 422
  })
  assert.equal(error.code, 'receiver_opted_out')
  assert.equal(error.details[0].field, 'message.receiver_number')
  await stage.line('server', `refuses the next text: 422 ${error.code}`)

  await parentTexts(stage, 'START')
  await stage.nextEvent('messages.message.inbound_sms', payload => payload.message_body === 'START')
  const message = await sendText(stage, 'Welcome back.')
  await delivered(stage, message)
  await stage.line('school', 'may write again, and the text is delivered')
}

async function aLongTextBecomesMms(stage: Stage): Promise<void> {
  const message = await sendText(stage, 'The field trip leaves at eight. '.repeat(6))
  assert.equal(message.message_type, 'mms')
  const sent = await delivered(stage, message)
  assert.match(sent.message_sid, /^MM/)
  await stage.line(
    'school',
    `texts ${message.message_body.length} characters: it goes out as ${message.message_type.toUpperCase()}`
  )
}

async function aScheduledTextFires(stage: Stage): Promise<void> {
  const { now } = await stage.mock('GET', '/clock')
  const sendAt = new Date(Date.parse(now) + 3 * 3_600_000).toISOString()
  const message = await sendText(stage, 'The bus is here.', { send_at: sendAt })
  assert.equal(message.internal_status, 'scheduled')
  await stage.line('school', `schedules a text for ${sendAt.slice(11, 19)}`)

  await stage.advance('3 h')
  await stage.line('clock', 'is moved three hours on')
  await delivered(stage, message)
  await stage.line('client app', 'hears that it was sent and delivered')
}

async function aDeadEventIsReplayed(stage: Stage): Promise<void> {
  await stage.clientAppAnswers(503)
  await stage.line('client app', 'is down: it answers 503')
  const message = await sendText(stage, 'Lunch is pizza.')
  await handedOver(stage, message)
  await stage.advance('10 s')

  const [dead] = await eventually('a dead letter', async () => {
    await stage.advance('1 h')
    const events = await stage.api('GET', '/admin/webhooks?status=dead')
    return events.length > 0 ? events : undefined
  })
  const details = await stage.api('GET', `/admin/webhooks/${dead.id}`)
  assert.equal(details.attempt_log.length, details.attempts)
  assert.ok(details.attempt_log.every((attempt: Json) => attempt.status_code === 503))
  const hours =
    (Date.parse(details.attempt_log.at(-1).at) - Date.parse(details.attempt_log[0].at)) / 3_600_000
  await stage.line(
    'server',
    `gives up after ${details.attempts} attempts over ${hours.toFixed(0)} hours: a dead letter`
  )

  await stage.clientAppAnswers()
  await stage.api('POST', `/admin/webhooks/${dead.id}/replay`, { expect: 202 })
  await stage.advance('10 m')
  const replayed = await stage.nextEvent(dead.type, payload => payload.event_id === dead.event_id)
  assert.equal(replayed.message_uuid, message.message_uuid)
  await stage.line(
    'client app',
    `is back, and the replayed event (${replayed.internal_status}) arrives under its first id`
  )
}

const text = (body: string, more: object = {}): object => ({
  message: {
    sender_number: school,
    receiver_number: parent,
    client_conversation_id: 'class-4b',
    message_body: body,
    ...more
  }
})

const sendText = (stage: Stage, body: string, more?: object): Promise<Json> =>
  stage.api('POST', '/messages', { body: text(body, more), expect: 201 })

async function parentTexts(stage: Stage, body: string): Promise<void> {
  await stage.mock('POST', `/handsets/${parent}/messages`, { to: school, body })
  await stage.advance('1 s')
  await stage.line('parent', `texts "${body}"`)
}

/** The provider has it: from here on the clock decides. */
function handedOver(stage: Stage, message: Json): Promise<Json> {
  return eventually('the text to reach the provider', async () => {
    const { message_sid: sid } = await stage.api('GET', `/messages/${message.message_uuid}`)
    return sid ?? undefined
  })
}

function statusEvent(stage: Stage, message: Json, status: string): Promise<Json> {
  return stage.nextEvent(
    'messages.message.status_update',
    payload => payload.message_uuid === message.message_uuid && payload.internal_status === status
  )
}

async function delivered(stage: Stage, message: Json): Promise<Json> {
  await handedOver(stage, message)
  await stage.advance('10 s')
  await statusEvent(stage, message, 'sent')
  return statusEvent(stage, message, 'delivered')
}
