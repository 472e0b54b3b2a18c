import type { RJSFSchema, UiSchema } from '@rjsf/utils'

type JsonObject = Record<string, unknown>

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `api_base_url` as a person reads it: Api base url. */
function labelOf(name: string): string {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .trim()
    .toLowerCase()
  return words.replace(/^./, (first) => first.toUpperCase()).replaceAll(/\b(api|url|id|uri)\b/gi, (word) => word.toUpperCase())
}

/** What stands at a field whose options differ from one organization to the next, where a form is for many. */
const forMany = 'Its list belongs to one organization. For many, type the value that each of them gets.'

/** Whether values besides the declared ones are wanted, and not only let through. */
function isFree({ additionalProperties, propertyNames, patternProperties }: JsonObject): boolean {
  if (isObject(patternProperties)) return true
  return isObject(additionalProperties) && (Object.keys(additionalProperties).length > 0 || propertyNames !== undefined)
}

function uiOf(schema: JsonObject, isForMany: boolean): UiSchema {
  const ui: UiSchema = isObject(schema.properties) && !isFree(schema) ? { 'ui:options': { expandable: false } } : {}
  for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (!isObject(property)) continue
    // Its value stays as it is; only programs set it.
    if (property.hidden === true) {
      ui[name] = { 'ui:widget': 'hidden' }
      continue
    }
    const field: UiSchema = uiOf(property, isForMany)
    const title = typeof property.label === 'string' ? property.label : typeof property.title === 'string' ? property.title : labelOf(name)
    field['ui:title'] = title
    if (typeof property.dataProvider === 'string' && isForMany) {
      field['ui:description'] = typeof property.description === 'string' ? `${property.description} ${forMany}` : forMany
    } else if (typeof property.dataProvider === 'string') {
      field['ui:widget'] = 'DataProviderSelect'
      field['ui:options'] = { ...field['ui:options'], dataProvider: property.dataProvider }
    }
    ui[name] = field
  }
  return ui
}

/**
 * A definition's schema as a form shows it: labels instead of names, nothing of what is hidden, and selects where a data provider has the
 * options; plain fields in their place where the form is for many organizations.
 */
export function formOf(schema: JsonObject, isForMany = false): { schema: RJSFSchema; uiSchema: UiSchema; isEmpty: boolean } {
  const { $schema: _draft, title: _title, ...rest } = schema
  const properties = Object.values(isObject(rest.properties) ? rest.properties : {}).filter(
    (property) => !isObject(property) || property.hidden !== true,
  )
  return {
    schema: rest as RJSFSchema, // the server holds published schemas to JSON Schema
    uiSchema: { ...uiOf(rest, isForMany), 'ui:options': { label: false, expandable: isFree(rest) } },
    isEmpty: properties.length === 0 && !isFree(rest) && rest.anyOf === undefined && rest.oneOf === undefined,
  }
}
