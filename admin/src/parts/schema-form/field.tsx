import { ChoiceField, ChoicesField, TruthField } from './choice-field.tsx'
import { DateField } from './date-field.tsx'
import type { FieldProps } from './field-props.ts'
import { type AnyFieldProps, useForm } from './form-state.ts'
import { GroupField } from './group-field.tsx'
import { JsonField } from './json-field.tsx'
import { ListField, TupleField } from './list-field.tsx'
import { ProvidedField } from './provided-field.tsx'
import { resolved } from './resolve-schema.ts'
import { shapeOf } from './shape.ts'
import { NumberField, TextField } from './text-field.tsx'
import { VariantsField } from './variants-field.tsx'

/** One field of a form, whatever its schema is. */
export function Field({ schema: given, isRequired, isBare = false, ...rest }: AnyFieldProps) {
  const { root } = useForm()
  const { schema, isNullable } = resolved(given, root)
  const shape = shapeOf(schema, root)
  // Nothing is a value too where null is one, so that it is not required of anybody.
  const props: FieldProps = { ...rest, schema, isBare, isRequired: isRequired && !isNullable, nothing: isNullable ? null : undefined }
  switch (shape.kind) {
    case 'text':
      if (shape.format === 'date' || shape.format === 'date-time' || shape.format === 'local-date-time')
        return <DateField {...props} format={shape.format} />
      return <TextField {...props} format={shape.format} isLong={shape.isLong} />
    case 'number':
      return <NumberField {...props} isWhole={shape.isWhole} />
    case 'truth':
      return <TruthField {...props} />
    case 'choice':
      return <ChoiceField {...props} choices={shape.choices} />
    case 'choices':
      return <ChoicesField {...props} choices={shape.choices} />
    case 'provided':
      return (
        <ProvidedField {...props} provider={shape.provider} isMany={shape.isMany} isNumber={shape.isNumber} isClosed={shape.isClosed} />
      )
    case 'list':
      return <ListField {...props} items={shape.items} />
    case 'tuple':
      return <TupleField {...props} items={shape.items} />
    case 'group':
      return <GroupField {...props} members={shape.members} free={shape.free} />
    case 'variants':
      return <VariantsField {...props} variants={shape.variants} />
    case 'constant':
      // Where it is required there is nothing to choose.
      return props.isRequired ? null : <ChoiceField {...props} choices={[{ value: shape.value, label: String(shape.value) }]} />
    case 'json':
      return <JsonField {...props} />
  }
}
