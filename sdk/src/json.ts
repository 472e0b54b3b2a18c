/** A JSON scalar. */
export type JsonPrimitive = string | number | boolean | null

/** Anything that survives `JSON.parse(JSON.stringify(value))`. */
export type JsonValue = JsonPrimitive | JsonValue[] | JsonObject

/**
 * A JSON object. `undefined` is allowed as a value, so that types inferred from optional zod fields fit;
 * such keys vanish when the object is stored or sent.
 */
export type JsonObject = { [key: string]: JsonValue | undefined }
