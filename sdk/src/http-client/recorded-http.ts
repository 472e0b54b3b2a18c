import { fingerprintOf } from '../fingerprint.ts'
import type { HttpClient, HttpRequest } from './options.ts'
import { queryPairs, withoutQuery } from './request-url.ts'

/** Runs a call as a step, or answers what an earlier run of the same gave. In a step it is a part of that one. */
export type RecordCall = (name: string, fingerprint: string, args: readonly unknown[], perform: () => Promise<unknown>) => Promise<unknown>

const maxNameChars = 200

/** A client for a workflow's own code: what its JSON methods did is recorded, so that a crash does not repeat it. */
export function recordedHttp(http: HttpClient, record: RecordCall): HttpClient {
  const recorded =
    (method: 'get' | 'post' | 'put' | 'patch' | 'delete') =>
    (path: string, request: HttpRequest = {}): Promise<unknown> => {
      const { query, json, form, body } = request
      const pairs = { query: queryPairs(query), form: queryPairs(form) }
      // What is no plain data, such as a stream, tells no call from another: the order of the steps does.
      const fingerprint = fingerprintOf([method, path, pairs.query, pairs.form, json ?? null, typeof body === 'string' ? body : null])
      const sent = json ?? form
      return record(stepName(method, path), fingerprint, sent === undefined ? [] : [sent], () => http[method](path, request))
    }
  return Object.freeze({
    ...http,
    get: recorded('get'),
    post: recorded('post'),
    put: recorded('put'),
    patch: recorded('patch'),
    delete: recorded('delete'),
  }) as HttpClient // the overloads with a schema say more than one implementation can
}

/** `POST /tickets`: without the query, which may carry what people need not read. */
function stepName(method: string, path: string): string {
  const shown = `${method.toUpperCase()} ${withoutQuery(path) || path.replace(/[?#].*$/s, '')}`
  return shown.length > maxNameChars ? `${shown.slice(0, maxNameChars - 1)}…` : shown
}
