import { DesktopOutlined, MobileOutlined, RedoOutlined, UndoOutlined } from '@ant-design/icons'
import { Button, Flex, Segmented, Tooltip, Typography } from 'antd'
import type { TFunction } from 'i18next'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { VariablePicker } from '@/components/variables/VariablePicker'

import type { Blocks, PartInfo, Produced, Selected } from './blocks'
import { PartSettings } from './PartSettings'
import { Pictures } from './Pictures'
import { piecesOf, startOf } from './starts'
import './email.css'

interface Props {
  mjml: string
  /** There is no HTML of it yet. */
  fresh: boolean
  onChange: (made: Produced) => void
  /** Gives the panels around the editor a hand on it. */
  onReady?: (blocks: Blocks | null) => void
}

/** The block editor: parts at the left, the mail in the middle, the settings of the selected part at the right. It is loaded when it is first shown. */
export function BlockEditor({ mjml, fresh, onChange, onReady }: Props) {
  const { t, i18n } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const first = useRef({ mjml, fresh })
  const latest = useRef({ onChange, onReady })
  const [blocks, setBlocks] = useState<Blocks | null>(null)
  const [failed, setFailed] = useState<unknown>()
  const [part, setPart] = useState<Selected | null>(null)
  const [parts, setParts] = useState<PartInfo[]>([])
  const [picking, setPicking] = useState(false)
  const [device, setDevice] = useState<'Desktop' | 'Mobile portrait'>('Desktop')
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    latest.current = { onChange, onReady }
  })

  useEffect(() => {
    let gone = false
    let own: Blocks | null = null
    void import('./grapes').then(
      ({ start }) => {
        if (gone || !box.current) return
        own = start({
          container: box.current,
          mjml: first.current.mjml || startOf('blank', t),
          fresh: first.current.fresh,
          language: i18n.language,
          names: { ...names(t), frame: t('emailEditor.canvas'), foreign: t('emailEditor.preview.picture') },
          onChange: (made) => {
            latest.current.onChange(made)
          },
          onSelect: setPart,
          onParts: setParts,
          onPicture: () => {
            setPicking(true)
          },
        })
        setBlocks(own)
        latest.current.onReady?.(own)
      },
      (error: unknown) => {
        if (!gone) setFailed(error)
      },
    )
    return () => {
      gone = true
      latest.current.onReady?.(null)
      own?.destroy()
      setBlocks(null)
    }
    // The editor is made once for a language; what it holds goes in through its own functions.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [i18n.language, attempt])

  if (failed)
    return (
      <Failure
        error={failed}
        retry={() => {
          setFailed(undefined)
          setAttempt(attempt + 1)
        }}
      />
    )
  return (
    <div className="mail-blocks">
      <Flex gap={8} wrap align="center" role="toolbar" aria-label={t('emailEditor.toolbar')} className="mail-tools">
        <Tooltip title={t('emailEditor.undo')}>
          <Button
            aria-label={t('emailEditor.undo')}
            icon={<UndoOutlined />}
            onClick={() => {
              blocks?.undo()
            }}
          />
        </Tooltip>
        <Tooltip title={t('emailEditor.redo')}>
          <Button
            aria-label={t('emailEditor.redo')}
            icon={<RedoOutlined />}
            onClick={() => {
              blocks?.redo()
            }}
          />
        </Tooltip>
        <Segmented<'Desktop' | 'Mobile portrait'>
          aria-label={t('emailEditor.device')}
          value={device}
          onChange={(value) => {
            setDevice(value)
            blocks?.device(value)
          }}
          options={[
            { value: 'Desktop', icon: <DesktopOutlined />, label: t('emailEditor.desktop') },
            { value: 'Mobile portrait', icon: <MobileOutlined />, label: t('emailEditor.mobile') },
          ]}
        />
        <VariablePicker
          unsubscribe
          field={t('emailEditor.tabs.content')}
          onPick={(text) => {
            blocks?.insert(text)
          }}
        />
      </Flex>
      <section className="mail-pieces" aria-label={t('emailEditor.pieces')}>
        <Typography.Text strong>{t('emailEditor.pieces')}</Typography.Text>
        <Typography.Paragraph type="secondary" className="mail-hint">
          {t('emailEditor.piecesHint')}
        </Typography.Paragraph>
        <div className="mail-piece-list">
          {piecesOf(t).map((piece) => (
            <Button
              key={piece.key}
              size="small"
              draggable
              disabled={!blocks}
              onClick={() => {
                blocks?.add(piece.mjml)
              }}
              onDragStart={(event) => {
                blocks?.drag(piece.mjml, event.nativeEvent)
              }}
              onDragEnd={() => {
                blocks?.drop()
              }}
            >
              {t(`emailEditor.piece.${piece.key as 'text'}`)}
            </Button>
          ))}
        </div>
        <Parts
          parts={parts}
          selected={part?.id}
          select={(id) => {
            blocks?.select(id)
          }}
        />
      </section>
      <div className="mail-canvas">
        {!blocks && <Loading />}
        <div ref={box} />
      </div>
      <section className="mail-settings" aria-label={t('emailEditor.settings')}>
        <PartSettings
          part={part}
          blocks={blocks}
          pick={() => {
            setPicking(true)
          }}
        />
      </section>
      <Pictures
        open={picking}
        close={() => {
          setPicking(false)
        }}
        pick={(picture) => {
          blocks?.set(picture.alt === undefined ? { src: picture.src } : { src: picture.src, alt: picture.alt })
          setPicking(false)
        }}
      />
    </div>
  )
}

/** The kinds of parts of a mail. */
export type Kind =
  | 'mj-body'
  | 'mj-section'
  | 'mj-wrapper'
  | 'mj-hero'
  | 'mj-column'
  | 'mj-group'
  | 'mj-text'
  | 'mj-button'
  | 'mj-image'
  | 'mj-divider'
  | 'mj-spacer'
  | 'mj-social'
  | 'mj-social-element'
  | 'mj-navbar'
  | 'mj-navbar-link'
  | 'mj-raw'

/** The words that the editor itself shows on the part under the pointer. */
function names(t: TFunction): Record<string, string> {
  const own = (kind: Kind) => t(`emailEditor.part.${kind}`)
  return {
    body: own('mj-body'),
    button: own('mj-button'),
    column: own('mj-column'),
    divider: own('mj-divider'),
    group: own('mj-group'),
    hero: own('mj-hero'),
    image: own('mj-image'),
    navBar: own('mj-navbar'),
    navLink: own('mj-navbar-link'),
    section: own('mj-section'),
    socialGroup: own('mj-social'),
    socialElement: own('mj-social-element'),
    spacer: own('mj-spacer'),
    text: own('mj-text'),
    wrapper: own('mj-wrapper'),
    raw: own('mj-raw'),
  }
}

/** The mail as a list: the way through it by keyboard. */
function Parts({ parts, selected, select }: { parts: PartInfo[]; selected?: string; select: (id: string) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Typography.Text strong className="mail-parts-title">
        {t('emailEditor.parts')}
      </Typography.Text>
      {parts.length === 0 ? (
        <Typography.Paragraph type="secondary">{t('emailEditor.noParts')}</Typography.Paragraph>
      ) : (
        <ul className="mail-parts">
          {parts.map((p) => (
            <li key={p.id} style={{ paddingInlineStart: p.depth * 12 }}>
              <Button
                size="small"
                type={p.id === selected ? 'primary' : 'text'}
                aria-pressed={p.id === selected}
                onClick={() => {
                  select(p.id)
                }}
              >
                {t(`emailEditor.part.${p.type as Kind}`)}
                {p.text && <span className="mail-part-text">{p.text}</span>}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
