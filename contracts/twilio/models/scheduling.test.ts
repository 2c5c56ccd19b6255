import { test } from 'node:test'

import {
  addToPool,
  cancelMessage,
  deleteMessage,
  fetchMessage,
  removeFromPool,
  removeService,
  sendScheduled,
  suspend,
  text,
  waitAMoment,
  waitLong
} from './commands.ts'
import { compareMessages } from './rest-view.ts'
import { runModel } from './run-model.ts'

test('a thousand histories of scheduled messages go out when due, unless something came between', t =>
  runModel(t, {
    profile: 'instant',
    runs: 1000,
    commands: [
      sendScheduled(),
      sendScheduled(),
      sendScheduled(),
      cancelMessage(),
      cancelMessage(),
      deleteMessage(),
      fetchMessage(),
      text(),
      suspend(),
      addToPool(),
      removeFromPool(),
      removeService(),
      waitAMoment(),
      waitLong(),
      waitLong()
    ],
    compare: compareMessages
  }))
