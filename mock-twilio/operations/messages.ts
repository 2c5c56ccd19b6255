import type { Operation } from '../operation.ts'
import { createFeedback } from './messages/create-feedback.ts'
import { createMessage } from './messages/create-message.ts'
import { deleteMedia } from './messages/delete-media.ts'
import { deleteMessage } from './messages/delete-message.ts'
import { fetchMedia, fetchMediaFile } from './messages/fetch-media.ts'
import { fetchMessage } from './messages/fetch-message.ts'
import { listMedia } from './messages/list-media.ts'
import { listMessages } from './messages/list-messages.ts'
import { updateMessage } from './messages/update-message.ts'

export const messageOperations: readonly Operation[] = [
  createMessage,
  fetchMessage,
  listMessages,
  updateMessage,
  deleteMessage,
  createFeedback,
  listMedia,
  fetchMedia,
  fetchMediaFile,
  deleteMedia
]
