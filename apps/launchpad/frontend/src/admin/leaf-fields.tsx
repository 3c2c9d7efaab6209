import { Field } from '@gramkit/mini-app/ui'
import { type Json, type Leaf, leavesOf, nameOf, withLeaf } from './setting-leaves.ts'
import { useAdminTexts } from './texts/texts.ts'

/** Edits a setting value by value. */
export function LeafFields({ value, onChange }: { value: Json; onChange: (value: Json) => void }) {
  return (
    <div className="leaves">
      {leavesOf(value).map((leaf, index, all) => (
        <div
          key={leaf.path.join('.')}
          className={groupOf(leaf) === groupOf(all[index - 1]) ? undefined : 'group'}
        >
          <LeafField
            leaf={leaf}
            onChange={(changed) => onChange(withLeaf(value, leaf.path, changed))}
          />
        </div>
      ))}
    </div>
  )
}

/** Values of one object stand together. */
function groupOf(leaf: Leaf | undefined): string | undefined {
  return leaf?.path.slice(0, -1).join('.')
}

function LeafField({ leaf, onChange }: { leaf: Leaf; onChange: (value: Json) => void }) {
  const words: Readonly<Record<string, string>> = useAdminTexts().settings.fields
  const label = words[nameOf(leaf.path)] ?? leaf.path.join('.')
  const { value } = leaf
  if (typeof value === 'boolean') {
    return (
      <label className="check">
        <input
          type="checkbox"
          checked={value}
          onChange={({ target }) => onChange(target.checked)}
        />
        {label}
      </label>
    )
  }
  const isNumber = typeof value === 'number' || value === null
  return (
    <Field
      label={label}
      type={isNumber ? 'number' : 'text'}
      {...(isNumber ? { min: 0, step: 'any', inputMode: 'decimal' } : {})}
      value={value ?? ''}
      onChange={({ target }) => {
        if (!isNumber) return onChange(target.value)
        onChange(target.value === '' ? null : target.valueAsNumber)
      }}
    />
  )
}
