import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Flex, Typography } from 'antd'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'

import './parts.css'

interface PiecesProps<T> {
  title: string
  list: T[]
  max: number
  /** What the button that adds one says. */
  add: string
  fresh: T
  /** Names one piece: "Nút 2". */
  nameOf: (index: number) => string
  problem?: string
  disabled?: boolean
  onChange: (list: T[]) => void
  children: (piece: T, index: number, change: (part: Partial<T>) => void) => ReactNode
}

/** A list of like pieces with how many there may be: each can be taken out, and one more put in. */
export function Pieces<T>(props: PiecesProps<T>) {
  const { title, list, max, add, fresh, nameOf, problem, disabled, onChange, children } = props
  const { t } = useTranslation()
  const id = useId()
  return (
    <section aria-labelledby={`${id}-title`} className="template-pieces">
      <Flex gap={8} wrap align="baseline" id={`${id}-title`}>
        <strong>{title}</strong>
        <Typography.Text type={list.length > max ? 'danger' : 'secondary'}>
          {t('messengerEditor.pieces', { used: list.length, max })}
        </Typography.Text>
      </Flex>
      {problem && <Alert type="error" showIcon role="alert" title={problem} />}
      {list.map((piece, i) => (
        <div key={i} className="template-param" role="group" aria-label={nameOf(i)}>
          <Flex justify="space-between" align="center" gap={8}>
            <Typography.Text strong>{nameOf(i)}</Typography.Text>
            <Button
              type="text"
              icon={<DeleteOutlined aria-hidden />}
              disabled={disabled}
              aria-label={t('messengerEditor.remove', { name: nameOf(i) })}
              title={t('messengerEditor.remove', { name: nameOf(i) })}
              onClick={() => {
                onChange(list.filter((_, at) => at !== i))
                // The button that was pressed is gone; the list may have been full until now.
                window.setTimeout(() => document.getElementById(`${id}-add`)?.focus(), 0)
              }}
            />
          </Flex>
          {children(piece, i, (part) => {
            onChange(list.map((p, at) => (at === i ? { ...p, ...part } : p)))
          })}
        </div>
      ))}
      <div>
        <Button
          id={`${id}-add`}
          icon={<PlusOutlined aria-hidden />}
          disabled={list.length >= max ? true : disabled}
          onClick={() => {
            onChange([...list, fresh])
          }}
        >
          {add}
        </Button>
      </div>
    </section>
  )
}
