import { App, Input, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from './Faces'

export interface Question {
  title: string
  /** What will happen, to how many people. */
  text: ReactNode
  /** The word on the button: the act itself, never "OK". */
  ok: string
  danger?: boolean
  /** A text that must be typed first, for what cannot be taken back. */
  typed?: string
  /** The act. While it runs the question stays open; when it throws, the error is shown and it can be tried again. */
  action: () => Promise<unknown>
}

/** Asks before an act that hurts. */
export function useConfirm() {
  const { modal } = App.useApp()
  const { t } = useTranslation()
  return (question: Question) => {
    const asked = modal.confirm({
      title: question.title,
      content: <Body question={question} />,
      okText: question.ok,
      okButtonProps: { danger: question.danger, disabled: Boolean(question.typed) },
      cancelText: t('common.cancel'),
      focusable: { autoFocusButton: question.typed ? null : 'cancel' },
      // With an argument the kit leaves closing to us; a rejected promise would go unhandled there.
      onOk: (close: () => void) => {
        button(true)
        question.action().then(close, (error: unknown) => {
          button(false)
          asked.update({ content: <Body question={question} error={error} /> })
        })
      },
    })
    function button(loading: boolean) {
      asked.update({ okButtonProps: { danger: question.danger, loading }, cancelButtonProps: { disabled: loading } })
    }
    function Body({ question, error }: { question: Question; error?: unknown }) {
      const [value, setValue] = useState('')
      return (
        <>
          <div>{question.text}</div>
          {question.typed && (
            <label style={{ display: 'block', marginTop: 12 }}>
              <Typography.Text type="secondary">{t('common.typeToConfirm', { text: question.typed })}</Typography.Text>
              <Input
                autoFocus
                value={value}
                onChange={(e) => {
                  setValue(e.target.value)
                  asked.update({
                    okButtonProps: { danger: question.danger, disabled: e.target.value.trim() !== question.typed },
                  })
                }}
              />
            </label>
          )}
          {error !== undefined && (
            <div style={{ marginTop: 12 }}>
              <Failure error={error} />
            </div>
          )}
        </>
      )
    }
  }
}
