import { useQuery } from '@tanstack/react-query'
import { Form, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { attributesQuery } from '@/components/variables'

import type { EditorProps } from '../editors'
import { Field } from '../parts/Field'
import { useRested } from '../useRested'
import { listQuery, listsQuery, tagsQuery } from './api'
import { Choice } from '../parts/Choice'
import { idOf } from '../parts/Field'
import { type ActionContent, emptyNotice, type Kind, kinds, limits, withKind } from './content'
import { NoticeFields } from './NoticeFields'

/** One thing that is done about each person. */
export function ActionEditor({ value, onChange, problems = {} }: EditorProps<ActionContent>) {
  const { t } = useTranslation()
  const change = (part: Partial<ActionContent>) => {
    onChange({ ...value, ...part })
  }
  const fields = { value, problems, change }
  return (
    <Form layout="vertical" component="div">
      <Typography.Paragraph type="secondary">{t('actionEditor.lead')}</Typography.Paragraph>
      <Choice<Kind>
        path="kind"
        label={t('actionEditor.kind')}
        value={value.kind}
        options={kinds.map((k) => ({ value: k, label: t(`actionEditor.kinds.${k}`) }))}
        hint={t(`actionEditor.about.${value.kind}`)}
        problem={problems.kind}
        onChange={(kind) => {
          onChange(withKind(value, kind))
        }}
      />
      {(value.kind === 'add_tag' || value.kind === 'remove_tag') && <Tags {...fields} />}
      {(value.kind === 'set_attribute' || value.kind === 'clear_attribute') && <Attribute {...fields} />}
      {(value.kind === 'add_to_list' || value.kind === 'remove_from_list') && <List {...fields} />}
      {value.kind === 'notify_staff' && (
        <NoticeFields
          value={value.notice ?? emptyNotice}
          problems={problems}
          onChange={(notice) => {
            change({ notice })
          }}
        />
      )}
    </Form>
  )
}

interface FieldsProps {
  value: ActionContent
  problems: Partial<Record<string, string>>
  change: (part: Partial<ActionContent>) => void
}

function Tags({ value, problems, change }: FieldsProps) {
  const { t } = useTranslation()
  const tags = useQuery(tagsQuery)
  const wrong = problems.tags ?? Object.entries(problems).find(([path]) => path.startsWith('tags.'))?.[1]
  return (
    <Form.Item
      label={t('actionEditor.tags')}
      htmlFor={idOf('tags')}
      extra={t(value.kind === 'add_tag' ? 'actionEditor.tagsHint' : 'actionEditor.untagHint')}
      validateStatus={wrong ? 'error' : undefined}
      help={wrong}
    >
      <Select<string[]>
        id={idOf('tags')}
        aria-label={t('actionEditor.tags')}
        mode="tags"
        maxCount={limits.tags}
        tokenSeparators={[',', ';', '\n']}
        value={value.tags ?? []}
        loading={tags.isPending}
        placeholder={t('actionEditor.tagsPlaceholder')}
        options={(tags.data ?? []).map((tag) => ({ value: tag.name, label: tag.name }))}
        onChange={(next) => {
          change({ tags: next.map((tag) => tag.trim()).filter(Boolean) })
        }}
      />
    </Form.Item>
  )
}

function Attribute({ value, problems, change }: FieldsProps) {
  const { t } = useTranslation()
  const attributes = useQuery(attributesQuery)
  const list = attributes.data ?? []
  const chosen = list.find((a) => a.key === value.attribute)
  const gone = Boolean(value.attribute) && attributes.isSuccess && !chosen
  const known = list.map((a) => ({ value: a.key, label: `${a.label} (${a.key})` }))
  return (
    <>
      <Choice<string>
        path="attribute"
        label={t('actionEditor.attribute')}
        value={value.attribute || undefined}
        options={gone && value.attribute ? [{ value: value.attribute, label: value.attribute }, ...known] : known}
        placeholder={t('actionEditor.attributePlaceholder')}
        empty={t('actionEditor.noAttributes')}
        loading={attributes.isPending}
        warning={gone ? t('actionEditor.attributeGone') : undefined}
        problem={problems.attribute}
        onChange={(attribute) => {
          change({ attribute })
        }}
      />
      {value.kind === 'set_attribute' && (
        <Field
          path="value"
          label={t('actionEditor.value')}
          value={value.value}
          max={limits.value}
          hint={chosen ? t(`actionEditor.types.${chosen.type as AttributeType}`) : t('actionEditor.valueHint')}
          problem={problems.value}
          onChange={(text) => {
            change({ value: text })
          }}
        />
      )}
    </>
  )
}

type AttributeType = 'text' | 'number' | 'money' | 'date' | 'boolean' | 'list'

function List({ value, problems, change }: FieldsProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const search = useRested(typed, 250)
  const found = useQuery(listsQuery(search))
  const id = value.list_id ?? 0
  const name = useQuery(listQuery(id))
  const options = (found.data ?? []).map((l) => ({ value: l.id, label: l.name }))
  if (id > 0 && !options.some((o) => o.value === id)) options.unshift({ value: id, label: name.data ?? `#${id}` })
  return (
    <Choice<number>
      path="list_id"
      label={t('actionEditor.list')}
      value={value.list_id}
      options={options}
      placeholder={t('actionEditor.listPlaceholder')}
      empty={found.isFetching ? t('common.loading') : t('actionEditor.noLists')}
      loading={found.isFetching}
      hint={t('actionEditor.listHint')}
      warning={id > 0 && name.isError ? t('actionEditor.listGone') : undefined}
      problem={problems.list_id}
      onSearch={setTyped}
      onChange={(list_id) => {
        setTyped('')
        change({ list_id })
      }}
    />
  )
}
