import { useId } from 'preact/hooks';

interface TextFieldProps {
  readonly name: string;
  readonly value: { value: string };
  /** What is usual, offered while typing. */
  readonly list?: readonly string[];
  readonly hint?: string;
  readonly maxLength?: number;
}

/** A line of text that must be there, under its name. */
export function TextField({ name, value, list = [], hint = '', maxLength }: TextFieldProps) {
  const id = useId();
  return (
    <label>
      <span>{name}</span>
      <input
        type="text"
        required
        value={value.value}
        placeholder={hint}
        maxLength={maxLength}
        list={list.length > 0 ? id : undefined}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
      {list.length > 0 && (
        <datalist id={id}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}
