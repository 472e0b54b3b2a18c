import { schemaValidator } from './schema-validator.ts'

/** The form's library imports another validator for its own tests, from the file that we need too. That one makes functions out of text. */
export default schemaValidator
