export { ApiError, fieldErrorsOf, isApiError } from './errors.ts'
export { executeForMany, executeForOrganization } from './executing.ts'
export * from './generated/api.ts'
export { type CallOptions, type Connection, callApi, openAnswer } from './http.ts'
