/** A stream that comes in by RTMP and can be bound to a session. */
export interface StreamRecord {
  id: string
  seq: number
  name: string
  description: string
  key: string
  url: string
  backupUrl: string
}

/** Where recordings lie when the account brings its own storage. */
export interface StorageLocation {
  id: string
  name: string
  provider: string
  region: string
  bucket: string
  accessKeyId: string
}
