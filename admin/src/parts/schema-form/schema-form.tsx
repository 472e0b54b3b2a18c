import '@mantine/dates/styles.css'
import { Text } from '@mantine/core'
import type { FormProps } from '@rjsf/core'
import Form from '@rjsf/mantine'
import { type DescriptionFieldProps, type ErrorSchema, englishStringTranslator, TranslatableString, toErrorSchema } from '@rjsf/utils'
import { type Ref, useImperativeHandle, useMemo, useRef } from 'react'
import { AddButton } from './add-button.tsx'
import { CheckboxWidget } from './checkbox-widget.tsx'
import { DataProviderSelect } from './data-provider-select.tsx'
import { formOf } from './form-schema.ts'
import { schemaValidator } from './schema-validator.ts'

type JsonObject = Record<string, unknown>
/** Lets the page around the form check it all before it sends. */
export type SchemaFormHandle = { validate(): boolean }

type SchemaFormProps = {
  schema: JsonObject
  value: JsonObject
  onChange: (value: JsonObject) => void
  /** For whom data providers are asked; empty until that is chosen. */
  organizationId: string
  /** Where the values are for more than one organization, so that no data provider can be asked. */
  isForMany?: boolean
  /** What the server said of single fields, by their paths (`api_base_url`, `window.from`). */
  serverErrors?: Record<string, string[]>
  ref?: Ref<SchemaFormHandle>
}

const widgets = { DataProviderSelect, CheckboxWidget }
const templates = { DescriptionFieldTemplate: Description, ButtonTemplates: { AddButton } }

/** A value with a free key begins empty, and its key is called so. */
const translateString: typeof englishStringTranslator = (text, parameters) => {
  if (text === TranslatableString.KeyLabel) return 'Key'
  return text === TranslatableString.NewStringDefault ? '' : englishStringTranslator(text, parameters)
}

function Description({ id, description }: DescriptionFieldProps) {
  if (!description) return null
  return (
    <Text id={id} size="xs" c="dimmed" mb={4}>
      {description}
    </Text>
  )
}

function errorSchemaOf(errors: Record<string, string[]>): ErrorSchema {
  return toErrorSchema(
    Object.entries(errors).flatMap(([field, messages]) => messages.map((message) => ({ property: `.${field}`, message, stack: message }))),
  )
}

/** A form made from a definition's schema. */
export default function SchemaForm({
  schema,
  value,
  onChange,
  organizationId,
  isForMany = false,
  serverErrors = {},
  ref,
}: SchemaFormProps) {
  const form = useRef<{ validateForm(): boolean }>(null)
  const { schema: shown, uiSchema } = useMemo(() => formOf(schema, isForMany), [schema, isForMany])
  const extraErrors = useMemo(() => errorSchemaOf(serverErrors), [serverErrors])
  useImperativeHandle(ref, () => ({ validate: () => form.current?.validateForm() ?? true }), [])
  const change: NonNullable<FormProps['onChange']> = ({ formData }) => onChange(formData ?? {})
  return (
    <Form
      ref={form as never} // the library's component is a class with this method
      tagName="div"
      schema={shown}
      uiSchema={uiSchema}
      formData={value}
      onChange={change}
      validator={schemaValidator}
      widgets={widgets}
      templates={templates}
      translateString={translateString}
      formContext={{ organizationId, value }}
      extraErrors={extraErrors}
      liveValidate="onBlur"
      showErrorList={false}
      noHtml5Validate
      idPrefix="field"
    >
      {/* The page around it has the buttons. */}
      <span />
    </Form>
  )
}
