export { ApiError, fieldErrorsOf, isApiError } from './errors.ts'
export * from './generated/api.ts'
export { type CallOptions, type Connection, callApi, openAnswer } from './http.ts'
