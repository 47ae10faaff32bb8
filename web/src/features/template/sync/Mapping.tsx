import { DeleteOutlined } from '@ant-design/icons'
import { Button, Flex, Select, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { VariableInput } from '@/components/variables'

import { type Line, linesOf, type Offer, required, type SyncContent, withLine } from './content'
import { useFieldName } from './words'

interface MappingProps {
  value: SyncContent
  offer?: Offer
  problems: Partial<Record<string, string>>
  onChange: (value: SyncContent) => void
}

const idOf = ({ place, key }: Line) => `sync-${place}-${key}`

/** Which field of the other side gets which text. */
export function Mapping({ value, offer, problems, onChange }: MappingProps) {
  const { t } = useTranslation()
  const name = useFieldName()
  const lines = linesOf(value, offer)
  const must = required(value)
  const rest: Line[] = [
    ...(offer?.fields ?? []).map((f): Line => ({ place: 'fields', key: f.key })),
    ...(offer?.custom ?? []).map((f): Line => ({ place: 'custom', key: f.key })),
  ].filter((l) => !lines.some((o) => o.place === l.place && o.key === l.key))
  return (
    <section aria-labelledby="sync-mapping" style={{ marginBottom: 24 }}>
      <h2 id="sync-mapping" className="card-title">
        <strong>{t('syncEditor.mapping')}</strong>
      </h2>
      <Typography.Paragraph type="secondary">{t('syncEditor.mappingHint')}</Typography.Paragraph>
      <Flex vertical gap={10}>
        {lines.map((line) => (
          <OneLine
            key={idOf(line)}
            line={line}
            name={name(line, offer)}
            needed={line.place === 'fields' && must.includes(line.key)}
            offer={offer}
            text={value[line.place]?.[line.key] ?? ''}
            problem={problems[`${line.place}.${line.key}`]}
            onText={(text) => {
              onChange(withLine(value, line, text))
            }}
            onRemove={() => {
              onChange(withLine(value, line, undefined))
              // The button that was pressed is gone.
              window.setTimeout(() => document.getElementById('sync-add')?.focus(), 0)
            }}
          />
        ))}
        {rest.length > 0 && (
          <Select<string>
            id="sync-add"
            aria-label={t('syncEditor.addField')}
            placeholder={t('syncEditor.addField')}
            // Choosing adds a line; there is never anything chosen.
            value={null as unknown as undefined}
            style={{ maxWidth: 320 }}
            showSearch={{ optionFilterProp: 'label' }}
            options={rest.map((l) => ({ value: idOf(l), label: name(l, offer) }))}
            onChange={(id) => {
              const line = rest.find((l) => idOf(l) === id)
              if (!line) return
              onChange(withLine(value, line, ''))
              window.setTimeout(() => document.getElementById(id)?.focus(), 0)
            }}
          />
        )}
      </Flex>
    </section>
  )
}

interface OneLineProps {
  line: Line
  name: string
  needed: boolean
  offer?: Offer
  text: string
  problem?: string
  onText: (text: string) => void
  onRemove: () => void
}

function OneLine({ line, name, needed, offer, text, problem, onText, onRemove }: OneLineProps) {
  const { t } = useTranslation()
  const id = idOf(line)
  const hint = useHint(line, offer)
  const removal = t('syncEditor.remove', { name })
  return (
    <div className="template-param" role="group" aria-label={name}>
      <Flex gap={8} align="center" justify="space-between" style={{ marginBottom: 6 }}>
        <Flex gap={8} wrap align="center">
          <strong>{name}</strong>
          {needed && <Tag>{t('syncEditor.required')}</Tag>}
        </Flex>
        {!needed && (
          <Button
            type="text"
            icon={<DeleteOutlined aria-hidden />}
            aria-label={removal}
            title={removal}
            onClick={onRemove}
          />
        )}
      </Flex>
      <VariableInput
        id={id}
        label={t('syncEditor.valueOf', { name })}
        value={text}
        maxLength={5000}
        status={problem ? 'error' : undefined}
        describedBy={`${id}-about`}
        onChange={onText}
      />
      <div id={`${id}-about`}>
        {problem && <Typography.Text type="danger">{problem}</Typography.Text>}
        {!problem && hint && <Typography.Text type="secondary">{hint}</Typography.Text>}
      </div>
    </div>
  )
}

/** What a field takes, as far as that is known. */
function useHint({ place, key }: Line, offer: Offer | undefined): string | undefined {
  const { t } = useTranslation()
  if (place === 'fields') {
    switch (key) {
      case 'account_code':
        return t('syncEditor.hint.code')
      case 'phone_office':
        return t('syncEditor.hint.phone')
      case 'email':
        return offer?.provider === 'getfly' ? undefined : t('syncEditor.hint.email')
      case 'account_manager_username':
        return t('syncEditor.hint.manager')
      default:
        return undefined
    }
  }
  const field = offer?.custom?.find((f) => f.key === key)
  if (!offer || offer.failure) return undefined
  if (!field) return t('syncEditor.hint.gone')
  if (field.values?.length) return t('syncEditor.hint.values', { values: field.values.join(', ') })
  switch (field.kind) {
    case 'date':
      return t('syncEditor.hint.date')
    case 'select':
      return t('syncEditor.hint.select')
    case 'checkbox':
      return t('syncEditor.hint.checkbox')
    default:
      return undefined
  }
}
