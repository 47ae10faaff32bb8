import { Flex, Input, Select, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Attribute, ColumnMap } from './api'
import { keyOf, targets, types } from './words'

interface ColumnRowProps {
  /** Counted from 1, as people do. */
  no: number
  column: ColumnMap
  samples: string[]
  attributes: Attribute[]
  /** Keys of new attributes that other columns make. */
  taken: string[]
  problems: string[]
  onChange: (column: ColumnMap) => void
}

const newAttribute = 'new'

/** Where one column of the file goes: its name, some of its values, and the choice. */
export function ColumnRow({ no, column, samples, attributes, taken, problems, onChange }: ColumnRowProps) {
  const { t } = useTranslation()
  const title = column.header || t('imports.columnNo', { no })
  const known = attributes.find((a) => a.key === column.key)
  const fresh = column.target === 'attribute' && !known
  const value = column.target !== 'attribute' ? column.target : known ? `attr.${known.key}` : newAttribute
  const choose = (choice: string) => {
    const { header } = column
    if (choice === newAttribute) {
      const label = column.label ?? (header || title)
      onChange({ header, target: 'attribute', label, key: free(keyOf(label) || 'cot'), type: 'text' })
      return
    }
    const found = attributes.find((a) => `attr.${a.key}` === choice)
    if (found) onChange({ header, target: 'attribute', key: found.key, label: found.label, type: found.type })
    else onChange({ header, target: choice })
  }
  const free = (key: string) => {
    let made = key
    for (let n = 2; taken.includes(made) || attributes.some((a) => a.key === made); n++) made = `${key}_${n}`
    return made
  }
  return (
    <div className="import-column" role="group" aria-label={title}>
      <div className="import-column-file">
        <strong>{title}</strong>
        <Typography.Text type="secondary" className="import-samples">
          {samples.length > 0 ? samples.join(' · ') : t('imports.noValues')}
        </Typography.Text>
      </div>
      <Flex vertical gap={6} className="import-column-choice">
        <Select<string>
          aria-label={t('imports.targetOf', { column: title })}
          value={value}
          status={problems.length ? 'error' : undefined}
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={choose}
          options={[
            {
              label: t('imports.targets'),
              options: targets.map((v) => ({ value: v, label: t(`imports.target.${v}`) })),
            },
            {
              label: t('imports.attributes'),
              options: [
                ...attributes.map((a) => ({ value: `attr.${a.key}`, label: a.label })),
                { value: newAttribute, label: t('imports.newAttribute') },
              ],
            },
          ]}
        />
        {fresh && (
          <Flex gap={6} wrap>
            <Input
              aria-label={t('imports.attributeName', { column: title })}
              placeholder={t('imports.attributeNameShort')}
              maxLength={100}
              value={column.label}
              style={{ flex: '1 1 140px' }}
              onChange={(e) => {
                const label = e.target.value
                onChange({ ...column, label, key: free(keyOf(label) || 'cot') })
              }}
            />
            <Select<string>
              aria-label={t('imports.attributeType', { column: title })}
              value={column.type}
              style={{ flex: '1 1 120px' }}
              options={types.map((v) => ({ value: v, label: t(`imports.type.${v}`) }))}
              onChange={(type) => {
                onChange({ ...column, type })
              }}
            />
          </Flex>
        )}
        {problems.map((text) => (
          <Typography.Text key={text} type="danger" role="alert">
            {text}
          </Typography.Text>
        ))}
      </Flex>
    </div>
  )
}
