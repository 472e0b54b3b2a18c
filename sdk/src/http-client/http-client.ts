import type { z } from 'zod'
import { isRecord, shown } from '../definition-checks.ts'
import { jsonOf, parsedBy, textOf } from './answers.ts'
import type { Call } from './call.ts'
import { exchange, type NoteFailure, type Outgoing, type Reading } from './exchange.ts'
import type { HttpClient, HttpFetchInit, HttpOptions, HttpRequest, PagesOptions } from './options.ts'
import { pagesOf } from './pages.ts'
import type { HttpPort, OpenedHttp } from './port.ts'
import { repeatingOf } from './repeats.ts'
import { sendableOf } from './request-body.ts'
import { baseUrlOf, requestUrl } from './request-url.ts'
import { VendorError } from './vendor-error.ts'

const defaultTimeoutMs = 60_000
const defaultMaxBytes = 32 * 1024 * 1024
/** The longest that a timer holds. */
const maxTimeoutMs = 2_147_483_647

/** What a client needs beside its options. */
export type HttpGiven = {
  port: HttpPort
  signal: AbortSignal
  /** Of the step or call that the running code is in. */
  idempotencyKey(): string
  /** From 0 up to 1, for the jitter of waits. */
  random?: () => number
}

type JsonRequest = HttpRequest & { schema?: z.ZodType }

/** Makes a client. Nothing is asked of the platform or a vendor before its first call. */
export function createHttpClient(given: HttpGiven, options: HttpOptions): HttpClient {
  checkOptions(options)
  const { auth, limits, name, freshToken = false } = options
  let opening: Promise<OpenedHttp> | undefined
  const dead = {}
  const open = async (): Promise<OpenedHttp> => {
    const { baseUrl } = options
    if (typeof baseUrl === 'string') baseUrlOf(baseUrl)
    const opened = await given.port.open({
      ...{ baseUrl, auth: auth ?? null, limits: limits ?? [] },
      ...(name === undefined ? {} : { name }),
      ...(freshToken ? { freshToken } : {}),
    })
    return { ...opened, baseUrl: baseUrlOf(opened.baseUrl) }
  }
  const opened = (): Promise<OpenedHttp> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  const make = async <Result>(
    method: string,
    path: string,
    request: HttpRequest | HttpFetchInit,
    accept: string | undefined,
    reading: Reading<Result>,
  ): Promise<Result> => {
    const idempotencyKey = request.idempotencyKey === true ? given.idempotencyKey() : request.idempotencyKey
    const sendable = sendableOf(method, request, options.headers, { accept, idempotencyKey })
    const { client, baseUrl, integration } = await opened()
    const outgoing: Outgoing = {
      method,
      url: requestUrl(baseUrl, path, request.query, method),
      sendable,
      timeoutMs: Math.min(request.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs, maxTimeoutMs),
      repeating: repeatingOf(options.retry, request.retry),
      signal: request.signal ? AbortSignal.any([given.signal, request.signal]) : given.signal,
      ownSignal: request.signal,
      hasToken: auth !== undefined && ('oauth2' in auth || 'token' in auth || 'connection' in auth),
    }
    try {
      return await exchange({ port: given.port, client, random: given.random ?? Math.random, dead }, outgoing, reading)
    } catch (error) {
      if (error instanceof VendorError && integration !== undefined) error.details.integration_name ??= integration
      throw error
    }
  }
  type Answer = { json: unknown; headers: Headers; call: Call; noteFailure: NoteFailure }
  const answerOf = async (method: string, path: string, request: JsonRequest): Promise<Answer> =>
    await make(method, path, request, 'application/json', {
      takesRefusals: false,
      read: async (response, call, noteFailure) => {
        const text = await textOf(response, request.maxBytes ?? options.maxBytes ?? defaultMaxBytes, call)
        const json = jsonOf(text, response, call)
        return { json: request.schema ? await parsedBy(request.schema, json, call) : json, headers: response.headers, call, noteFailure }
      },
    })
  const json =
    (method: string) =>
    async (path: string, request: JsonRequest = {}) =>
      (await answerOf(method, path, request)).json
  return Object.freeze({
    get: json('GET'),
    post: json('POST'),
    put: json('PUT'),
    patch: json('PATCH'),
    delete: json('DELETE'),
    pages: (path: string, pages: PagesOptions & { schema?: z.ZodType }) =>
      pagesOf(async (at, request) => await answerOf('GET', at, request), path, pages),
    fetch: async (path: string, init: HttpFetchInit = {}) =>
      await make((init.method ?? 'GET').toUpperCase(), path, init, undefined, {
        takesRefusals: true,
        read: async (response) => response,
      }),
  }) as HttpClient // the overloads with a schema say more than one implementation can
}

/** @throws TypeError for what was meant otherwise */
function checkOptions(options: unknown): asserts options is HttpOptions {
  if (!isRecord(options)) throw new TypeError(`context.http takes { baseUrl, auth?, limits? }; got ${shown(options)}.`)
  const { baseUrl, auth, limits } = options
  if (typeof baseUrl !== 'string' && !(isRecord(baseUrl) && typeof baseUrl.config === 'string'))
    throw new TypeError(`context.http needs a baseUrl, an address or { config: 'key' }; got ${shown(baseUrl)}.`)
  if (auth !== undefined && !isRecord(auth))
    throw new TypeError(`context.http has auth that is not { bearer: { secret } } or its like; got ${shown(auth)}.`)
  if (limits !== undefined && !Array.isArray(limits))
    throw new TypeError(`context.http has limits that are not a list of { requests, perMs } or { parallel }; got ${shown(limits)}.`)
}
