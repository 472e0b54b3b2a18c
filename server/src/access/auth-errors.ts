import { defineErrors } from '../platform/errors.ts'

export const authError = defineErrors({
  unauthenticated: { status: 401, message: 'Sign in, or send an API key as `Authorization: Bearer <api key>`.' },
  forbidden: { status: 403, message: 'You are not allowed to do this.' },
})
