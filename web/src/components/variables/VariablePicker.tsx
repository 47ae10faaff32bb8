import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Modal, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type Expression, type Format, write } from './expression'
import { formatsOf, useVariables } from './words'

interface VariablePickerProps {
  /** Gets the finished text, such as {{ contact.name | default: "bạn" }}. */
  onPick: (text: string) => void
  /** Offers the address for unsubscribing too: mails only. */
  unsubscribe?: boolean
  disabled?: boolean
  size?: 'small' | 'middle'
  /** Says for which field, for screen readers. */
  field?: string
  /** Shows the icon alone. */
  short?: boolean
}

/** A button that opens the choice of a value of the customer, how it is written, and what stands there when it is empty. */
export function VariablePicker({ onPick, unsubscribe, disabled, size, field, short }: VariablePickerProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const name = field ? `${t('variables.insert')}: ${field}` : t('variables.insert')
  return (
    <>
      <Button
        icon={<PlusOutlined />}
        size={size}
        disabled={disabled}
        aria-label={name}
        title={short ? name : undefined}
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true)
        }}
      >
        {short ? undefined : t('variables.insert')}
      </Button>
      {open && (
        <Choice
          unsubscribe={unsubscribe}
          onClose={() => {
            setOpen(false)
          }}
          onPick={onPick}
        />
      )}
    </>
  )
}

const empty: Expression = { path: '' }

function Choice(props: { unsubscribe?: boolean; onPick: (text: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState(empty)
  const [shown, setShown] = useState(true)
  const { groups, find } = useVariables({ unsubscribe: props.unsubscribe })
  const formats = formatsOf[find(chosen.path)?.kind ?? 'other']
  const needless = !/^(contact|params)\./.test(chosen.path)
  const finish = () => {
    if (!chosen.path) return
    props.onPick(write(chosen))
    setShown(false)
  }
  return (
    <Modal
      open={shown}
      title={t('variables.title')}
      okText={t('variables.insert')}
      cancelText={t('common.close')}
      okButtonProps={{ disabled: !chosen.path }}
      width={440}
      onOk={finish}
      onCancel={() => {
        setShown(false)
      }}
      afterClose={props.onClose}
    >
      <Form layout="vertical" onFinish={finish}>
        <Form.Item label={t('variables.value')} htmlFor="variable-path">
          <Select<string>
            id="variable-path"
            autoFocus
            aria-label={t('variables.value')}
            value={chosen.path || undefined}
            placeholder={t('variables.choose')}
            showSearch={{
              filterOption: (typed, option) =>
                `${String(option?.label ?? '')} ${String(option?.value ?? '')}`
                  .toLowerCase()
                  .includes(typed.toLowerCase()),
            }}
            options={groups.map((g) => ({
              label: g.label,
              title: g.label,
              options: g.items.map((v) => ({ value: v.path, label: v.label })),
            }))}
            onChange={(path) => {
              setChosen({ path, fallback: chosen.fallback })
            }}
          />
        </Form.Item>
        {formats.length > 0 && (
          <Form.Item label={t('variables.format')} htmlFor="variable-format">
            <Select<Format | ''>
              id="variable-format"
              aria-label={t('variables.format')}
              value={chosen.format ?? ''}
              options={[
                { value: '', label: t('variables.asIs') },
                ...formats.map((f) => ({ value: f, label: t(`variables.formats.${f}`) })),
              ]}
              onChange={(format) => {
                setChosen({ ...chosen, format: format || undefined })
              }}
            />
          </Form.Item>
        )}
        {chosen.path && !needless && (
          <Form.Item label={t('variables.fallback')} htmlFor="variable-fallback" extra={t('variables.fallbackHint')}>
            <Input
              id="variable-fallback"
              maxLength={200}
              value={chosen.fallback ?? ''}
              onChange={(e) => {
                setChosen({ ...chosen, fallback: e.target.value })
              }}
              onPressEnter={finish}
            />
          </Form.Item>
        )}
        {chosen.path && (
          <Typography.Text type="secondary">
            {t('variables.written')} <code>{write(chosen)}</code>
          </Typography.Text>
        )}
      </Form>
    </Modal>
  )
}
