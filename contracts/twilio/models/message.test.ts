import { test } from 'node:test'

import {
  cancelMessage,
  deleteMessage,
  fetchMessage,
  listMessages,
  redactMessage,
  release,
  sendFromNumber,
  sendFromService,
  sendScheduled,
  suspend,
  waitAMoment,
  waitLong
} from './commands.ts'
import { compareMessages } from './rest-view.ts'
import { runModel } from './run-model.ts'

const commands = [
  sendFromNumber(),
  sendFromNumber(),
  sendFromService(),
  sendFromService(),
  sendScheduled(),
  cancelMessage(),
  redactMessage(),
  deleteMessage(),
  fetchMessage(),
  listMessages(),
  waitAMoment(),
  waitLong(),
  suspend(),
  release()
]

test('a thousand histories of messages go as the documents say, when the carrier takes no time', t =>
  runModel(t, { profile: 'instant', runs: 1000, commands, compare: compareMessages }))

test('a thousand histories of messages never go backwards, when the carrier takes its time', t =>
  runModel(t, { profile: 'reliable', runs: 1000, commands, compare: compareMessages }))
