import { AutoComplete, Checkbox, Form, InputNumber, Slider } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { EditorProps } from '../editors'
import { Field, idOf } from '../parts/Field'
import './ai_call.css'
import { type CallContent, type CallKeys, firstKeys, limits, voices } from './content'
import { Keys } from './Keys'

/** An automatic call: what is read, by which voice, and which keys the person may press. */
export function AICallEditor({ value, onChange, problems = {} }: EditorProps<CallContent>) {
  const { t } = useTranslation()
  // What was written comes back when the question for a key is taken away and wanted again.
  const [kept, setKept] = useState<CallKeys>()
  const change = (part: Partial<CallContent>) => {
    onChange({ ...value, ...part })
  }
  return (
    <div>
      <Field
        path="script"
        label={t('callEditor.script')}
        rows={6}
        value={value.script}
        max={limits.script}
        hint={t('callEditor.scriptHint')}
        problem={problems.script}
        onChange={(script) => {
          change({ script })
        }}
      />
      <div className="call-numbers">
        <Form.Item label={t('callEditor.times')} htmlFor={idOf('times')} {...wrong(problems.times)}>
          <InputNumber
            id={idOf('times')}
            min={1}
            max={limits.times}
            precision={0}
            value={value.times ?? 1}
            onChange={(times) => {
              change({ times: times === null || times === 1 ? undefined : times })
            }}
          />
        </Form.Item>
        <Form.Item
          label={`${t('callEditor.voice')} (${t('common.optional')})`}
          htmlFor={idOf('voice')}
          extra={t('callEditor.voiceHint')}
          {...wrong(problems.voice)}
        >
          <AutoComplete
            id={idOf('voice')}
            aria-label={t('callEditor.voice')}
            value={value.voice ?? ''}
            options={voices.map((v) => ({ value: v }))}
            onChange={(voice: string) => {
              change({ voice: voice.trim() || undefined })
            }}
          />
        </Form.Item>
        <Form.Item label={t('callEditor.speed')} {...wrong(problems.speed)}>
          <Checkbox
            checked={value.speed !== undefined}
            onChange={(e) => {
              change({ speed: e.target.checked ? 0 : undefined })
            }}
          >
            {t('callEditor.ownSpeed')}
          </Checkbox>
          {value.speed !== undefined && (
            <Slider
              className="call-speed"
              min={limits.speed[0]}
              max={limits.speed[1]}
              marks={{ [-3]: t('callEditor.slow'), 0: '0', 3: t('callEditor.fast') }}
              ariaLabelForHandle={t('callEditor.speed')}
              value={value.speed}
              onChange={(speed) => {
                change({ speed })
              }}
            />
          )}
        </Form.Item>
      </div>
      <Form.Item>
        <Checkbox
          checked={value.keys !== undefined}
          onChange={(e) => {
            if (value.keys) setKept(value.keys)
            change({ keys: e.target.checked ? (kept ?? firstKeys) : undefined })
          }}
        >
          {t('callEditor.asks')}
        </Checkbox>
      </Form.Item>
      {value.keys && (
        <Keys
          value={value.keys}
          problems={problems}
          onChange={(keys) => {
            change({ keys })
          }}
        />
      )}
    </div>
  )
}

/** What a form item shows of a problem. */
export const wrong = (problem?: string) => (problem ? { validateStatus: 'error' as const, help: problem } : {})
