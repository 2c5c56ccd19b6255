import { test } from 'node:test'

import {
  addToPool,
  removeFromPool,
  sendFromNumber,
  sendFromService,
  text,
  waitLong
} from './commands.ts'
import { compareMessages, compareOptOuts } from './rest-view.ts'
import { runModel } from './run-model.ts'

test('a thousand histories of STOP, START and others block exactly those who are to be blocked', t =>
  runModel(t, {
    profile: 'instant',
    runs: 1000,
    commands: [
      text(),
      text(),
      text(),
      sendFromNumber(),
      sendFromService(),
      sendFromService(),
      addToPool(),
      removeFromPool(),
      waitLong()
    ],
    compare: async (model, rest) => {
      await compareMessages(model, rest)
      await compareOptOuts(model, rest)
    }
  }))
