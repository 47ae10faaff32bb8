import { Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { EditorProps } from '../editors'
import { Choice } from '../parts/Choice'
import { Field } from '../parts/Field'
import { Pieces } from '../parts/Pieces'
import { Yes } from '../parts/Yes'
import {
  bodyTypes,
  type BodyType,
  harmless,
  type HTTPContent,
  type HTTPHeader,
  limits,
  type Method,
  methods,
  withMethod,
} from './content'
import './http.css'
import { Line } from './Line'
import { Saved } from './Saved'

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
