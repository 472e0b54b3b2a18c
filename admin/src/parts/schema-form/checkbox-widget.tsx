import { Checkbox } from '@mantine/core'
import { labelValue, type WidgetProps } from '@rjsf/utils'

/** Yes or no. What it means stands with its label, as with every other field. */
export function CheckboxWidget(props: WidgetProps) {
  const { id, label, hideLabel, required, disabled, readonly, value, onChange, onBlur, options, schema, rawErrors = [] } = props
  return (
    <Checkbox
      id={id}
      label={labelValue(label, hideLabel, false)}
      description={options.description ?? schema.description}
      required={required ?? false}
      disabled={Boolean(disabled || readonly)}
      checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
      onBlur={() => onBlur(id, value)}
      error={rawErrors.join('; ') || undefined}
    />
  )
}
