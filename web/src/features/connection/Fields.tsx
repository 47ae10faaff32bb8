import { Form, Input, InputNumber, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'

import { type FieldSpec, placeOf, type ProviderSpec } from './providers'

/** The fields of a provider, those of every day or the advanced ones. `stored` are the credentials that are there already. */
export function Fields(props: { spec: ProviderSpec; advanced: boolean; stored: readonly string[] }) {
  const { spec, advanced, stored } = props
  return spec.fields
    .filter((f) => Boolean(f.advanced) === advanced)
    .map((f) => <Field key={f.name} spec={spec} field={f} stored={stored.includes(f.name)} />)
}

function Field({ spec, field, stored }: { spec: ProviderSpec; field: FieldSpec; stored: boolean }) {
  const { t } = useTranslation()
  const label = field.name === 'base_url' ? t('connections.baseUrl') : t(`connections.f.${field.label ?? field.name}`)
  const extra =
    field.name === 'base_url' && !field.required
      ? t('connections.baseUrlHint')
      : stored
        ? t('connections.secretKept')
        : undefined
  return (
    <Form.Item
      name={placeOf(spec, field)}
      label={label}
      extra={extra}
      valuePropName={field.kind === 'switch' ? 'checked' : 'value'}
      rules={field.required ? [{ required: true, message: t('common.required') }] : []}
    >
      {field.kind === 'number' ? (
        <InputNumber min={field.range?.[0] ?? 0} max={field.range?.[1]} style={{ width: 160 }} />
      ) : field.kind === 'switch' ? (
        <Switch />
      ) : field.kind === 'select' ? (
        <Select
          allowClear={field.advanced}
          style={{ maxWidth: 360 }}
          options={field.options?.map((o) => ({ value: o.value, label: t(`connections.f.${o.text}`) }))}
        />
      ) : field.kind === 'secret' && field.name !== 'username' ? (
        // A password manager would offer the person's own password of Loa.
        <Input.Password autoComplete="new-password" placeholder={stored ? '••••••••' : undefined} />
      ) : (
        <Input autoComplete="off" placeholder={field.placeholder ?? (stored ? '••••••••' : undefined)} />
      )}
    </Form.Item>
  )
}
