import { useQuery } from '@tanstack/react-query'
import { Checkbox, Form, Input, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { attributesQuery } from '@/components/variables'

import type { EditorProps } from '../editors'
import { Field, idOf } from '../messenger/Field'
import '../messenger/messenger.css'
import { Pieces } from '../messenger/Pieces'
import {
  bodyTypes,
  type BodyType,
  goodPointer,
  harmless,
  type HTTPContent,
  type HTTPHeader,
  limits,
  type Method,
  methods,
  withMethod,
} from './content'
import './http.css'

/** One call of a system of the shop about each person. */
export function HTTPEditor({ value, onChange, problems = {} }: EditorProps<HTTPContent>) {
  const { t } = useTranslation()
  const [kept, setKept] = useState<string>()
  const change = (part: Partial<HTTPContent>) => {
    onChange({ ...value, ...part })
  }
  return (
    <div>
      <Typography.Paragraph type="secondary">{t('httpEditor.lead')}</Typography.Paragraph>
      <Choice<Method>
        path="method"
        label={t('httpEditor.method')}
        value={value.method}
        options={methods.map((m) => ({ value: m, label: m }))}
        problem={problems.method}
        onChange={(method) => {
          if (value.body) setKept(value.body)
          onChange(withMethod(value, method, kept))
        }}
      />
      <Field
        path="path"
        label={t('httpEditor.path')}
        value={value.path}
        max={limits.path}
        hint={t('httpEditor.pathHint')}
        placeholder="/customers?phone={{ contact.phone }}"
        problem={problems.path}
        onChange={(path) => {
          change({ path })
        }}
      />
      <Pieces<HTTPHeader>
        title={t('httpEditor.headers')}
        list={value.headers ?? []}
        max={limits.headers}
        add={t('httpEditor.addHeader')}
        fresh={{ name: '', value: '' }}
        nameOf={(i) => t('httpEditor.header', { number: i + 1 })}
        problem={problems.headers}
        onChange={(list) => {
          change({ headers: list.length > 0 ? list : undefined })
        }}
      >
        {(h, i, put) => {
          const at = `headers.${i}`
          const of = t('httpEditor.header', { number: i + 1 })
          return (
            <>
              <Line
                path={`${at}.name`}
                label={t('httpEditor.headerName')}
                name={`${of}: ${t('httpEditor.headerName')}`}
                value={h.name}
                placeholder="X-Shop"
                problem={problems[`${at}.name`]}
                onChange={(name) => {
                  put({ name: name.trim() })
                }}
              />
              <Field
                path={`${at}.value`}
                label={t('httpEditor.headerValue')}
                name={`${of}: ${t('httpEditor.headerValue')}`}
                value={h.value}
                max={limits.header}
                problem={problems[`${at}.value`]}
                onChange={(text) => {
                  put({ value: text })
                }}
              />
            </>
          )
        }}
      </Pieces>
      {value.method !== 'GET' && (
        <>
          <Choice<BodyType>
            path="body_type"
            label={t('httpEditor.bodyType')}
            hint={t(`httpEditor.bodyHint.${value.body_type ?? 'json'}`, {
              example: 'name={{ contact.name }}&phone={{ contact.phone }}',
            })}
            value={value.body_type ?? 'json'}
            options={bodyTypes.map((b) => ({ value: b, label: t(`httpEditor.bodyTypes.${b}`) }))}
            problem={problems.body_type}
            onChange={(body_type) => {
              change({ body_type })
            }}
          />
          <Field
            path="body"
            label={t('httpEditor.body')}
            rows={7}
            optional
            value={value.body}
            max={100_000}
            problem={problems.body}
            onChange={(body) => {
              change({ body: body || undefined })
            }}
          />
        </>
      )}
      <Yes
        label={t('httpEditor.anySuccess')}
        hint={t(value.any_success ? 'httpEditor.anyOn' : 'httpEditor.anyOff')}
        checked={value.any_success}
        onChange={(on) => {
          change({ any_success: on || undefined })
        }}
      />
      {harmless(value.method) ? (
        <Typography.Paragraph type="secondary">
          {t('httpEditor.harmless', { method: value.method })}
        </Typography.Paragraph>
      ) : (
        <Yes
          label={t('httpEditor.repeat')}
          hint={t(value.repeat ? 'httpEditor.repeatOn' : 'httpEditor.repeatOff')}
          checked={value.repeat}
          onChange={(on) => {
            change({ repeat: on || undefined })
          }}
        />
      )}
      <Saved
        value={value.save}
        problems={problems}
        onChange={(save) => {
          change({ save })
        }}
      />
    </div>
  )
}

interface Row {
  key: string
  pointer: string
}

interface SavedProps {
  value?: Record<string, string>
  problems: Partial<Record<string, string>>
  onChange: (value: Record<string, string> | undefined) => void
}

/** Values of the answer that are written to the customer. */
function Saved({ value, problems, onChange }: SavedProps) {
  const { t } = useTranslation()
  const attributes = useQuery(attributesQuery)
  // Rows keep their order and may lack an attribute while somebody chooses; the content knows attributes only.
  const [rows, setRows] = useState<Row[]>(() => Object.entries(value ?? {}).map(([key, pointer]) => ({ key, pointer })))
  const nameOf = (i: number) => t('httpEditor.saved', { number: i + 1 })
  const known = (attributes.data ?? []).map((a) => ({ value: a.key, label: `${a.label} (${a.key})` }))
  return (
    <Pieces<Row>
      title={t('httpEditor.save')}
      list={rows}
      max={limits.saved}
      add={t('httpEditor.addSaved')}
      fresh={{ key: '', pointer: '' }}
      nameOf={nameOf}
      problem={problems.save}
      onChange={(list) => {
        setRows(list)
        onChange(list.length > 0 ? Object.fromEntries(list.map((r) => [r.key, r.pointer])) : undefined)
      }}
    >
      {(row, i, put) => {
        const twice = row.key !== '' && rows.some((o, at) => at < i && o.key === row.key)
        const problem = twice ? t('httpEditor.twice') : problems[`save.${row.key}`]
        const pick = t('httpEditor.attribute')
        const gone = row.key !== '' && attributes.isSuccess && !known.some((k) => k.value === row.key)
        return (
          <>
            <Form.Item
              label={pick}
              htmlFor={idOf(`save.${i}.key`)}
              validateStatus={problem ? 'error' : gone ? 'warning' : undefined}
              help={problem ?? (gone ? t('httpEditor.noAttribute') : undefined)}
            >
              <Select<string>
                id={idOf(`save.${i}.key`)}
                aria-label={`${nameOf(i)}: ${pick}`}
                value={row.key || undefined}
                placeholder={t('httpEditor.chooseAttribute')}
                notFoundContent={t('httpEditor.noAttributes')}
                loading={attributes.isPending}
                showSearch={{ optionFilterProp: 'label' }}
                options={gone ? [{ value: row.key, label: row.key }, ...known] : known}
                onChange={(key) => {
                  put({ key })
                }}
              />
            </Form.Item>
            <Line
              path={`save.${i}.pointer`}
              label={t('httpEditor.pointer')}
              name={`${nameOf(i)}: ${t('httpEditor.pointer')}`}
              hint={t('httpEditor.pointerHint')}
              placeholder="/customer/code"
              value={row.pointer}
              problem={goodPointer(row.pointer) ? undefined : t('httpEditor.badPointer')}
              onChange={(pointer) => {
                put({ pointer: pointer.trim() })
              }}
            />
          </>
        )
      }}
    </Pieces>
  )
}

interface LineProps {
  path: string
  label: string
  name?: string
  value: string
  hint?: string
  placeholder?: string
  problem?: string
  onChange: (text: string) => void
}

function Line({ path, label, name, value, hint, placeholder, problem, onChange }: LineProps) {
  return (
    <Form.Item
      label={label}
      htmlFor={idOf(path)}
      extra={hint}
      validateStatus={problem ? 'error' : undefined}
      help={problem}
    >
      <Input
        id={idOf(path)}
        aria-label={name ?? label}
        maxLength={limits.pointer}
        placeholder={placeholder}
        value={value}
        onChange={(e) => {
          onChange(e.target.value)
        }}
      />
    </Form.Item>
  )
}

interface ChoiceProps<T> {
  path: string
  label: string
  hint?: string
  value: T
  options: { value: T; label: string }[]
  problem?: string
  onChange: (value: T) => void
}

function Choice<T extends string>({ path, label, hint, problem, ...rest }: ChoiceProps<T>) {
  return (
    <Form.Item
      label={label}
      htmlFor={idOf(path)}
      extra={hint}
      validateStatus={problem ? 'error' : undefined}
      help={problem}
    >
      <Select<T> id={idOf(path)} aria-label={label} {...rest} />
    </Form.Item>
  )
}

interface YesProps {
  label: string
  hint: string
  checked?: boolean
  onChange: (on: boolean) => void
}

function Yes({ label, hint, checked = false, onChange }: YesProps) {
  return (
    <Form.Item>
      <Checkbox
        checked={checked}
        onChange={(e) => {
          onChange(e.target.checked)
        }}
      >
        {label}
      </Checkbox>
      <div>
        <Typography.Text type="secondary">{hint}</Typography.Text>
      </div>
    </Form.Item>
  )
}
