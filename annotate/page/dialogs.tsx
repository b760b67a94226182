import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Action, actionNames, actions, keyOf, problemWith } from './keys.js';
import { conflict, current, dialog, session, setComment, settings, settle, skip, type Theme } from './state.js';

const skipReasons = [
  'The picture is missing or broken',
  'The picture is not clear enough',
  'The answer is not about the picture',
  'A language that I do not read',
  'It should not be looked at',
];

export function Dialogs() {
  switch (dialog.value) {
    case 'help':
      return <Help />;
    case 'guidelines':
      return (
        <Modal title="Guidelines">
          {/* the server makes it from Markdown, and lets no HTML through */}
          <div class="guidelines" dangerouslySetInnerHTML={{ __html: session.value?.guidelines ?? '' }} />
        </Modal>
      );
    case 'skip':
      return <Skip />;
    case 'comment':
      return <Comment />;
    case 'conflict':
      return <Conflicts />;
    default:
      return null;
  }
}

/** The browser keeps the focus in it and closes it at Escape; what had the focus gets it back. */
function Modal({ title, children }: { title: string; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    return () => (document.querySelector<HTMLElement>('#answer [tabindex="0"]') ?? before)?.focus();
  }, []);
  const close = () => {
    dialog.value = undefined;
  };
  return (
    <dialog ref={box} onClose={close} aria-labelledby="title">
      <h2 id="title">{title}</h2>
      {children}
      <p>
        <button type="button" onClick={close}>
          Close{' '}
          <span class="kbd" aria-hidden="true">
            Esc
          </span>
        </button>
      </p>
    </dialog>
  );
}

function Skip() {
  const choose = (reason: string) => {
    if (reason.trim() === '') return;
    dialog.value = undefined;
    skip(reason.trim());
  };
  return (
    <Modal title="Skip: why?">
      <div
        class="reasons"
        role="group"
        aria-label="Reasons"
        onKeyDown={(event) => {
          const reason = skipReasons[Number(event.key) - 1];
          if (reason && !(event.target as HTMLElement).matches('input')) choose(reason);
        }}
      >
        {skipReasons.map((reason, place) => (
          <button type="button" key={reason} onClick={() => choose(reason)}>
            <span class="kbd" aria-hidden="true">
              {place + 1}
            </span>{' '}
            {reason}
          </button>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            choose(String(new FormData(event.currentTarget).get('reason')));
          }}
        >
          <label for="reason">Another reason</label> <input id="reason" name="reason" maxLength={1000} />{' '}
          <button type="submit">Skip</button>
        </form>
      </div>
    </Modal>
  );
}

function Comment() {
  const [text, setText] = useState(current.value?.work.comment ?? '');
  const written = useRef(text);
  written.current = text;
  // what was written stays, however the dialog is closed
  useEffect(
    () => () => {
      if (written.current !== (current.value?.work.comment ?? '')) setComment(written.current);
    },
    [],
  );
  return (
    <Modal title="Comment">
      <label for="comment">About this answer</label>
      <textarea
        id="comment"
        dir="auto"
        rows={4}
        maxLength={20_000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) dialog.value = undefined;
        }}
      />
    </Modal>
  );
}

function Conflicts() {
  return (
    <Modal title="Changed elsewhere">
      <p>
        Answer {conflict.value?.item} was changed in another tab, or by someone with the same name. Which version shall
        stand? Both are kept in the log.
      </p>
      <div class="buttons">
        <button type="button" onClick={() => settle(true)}>
          Mine, from this tab
        </button>
        <button type="button" onClick={() => settle(false)}>
          The other one
        </button>
      </div>
    </Modal>
  );
}

function Help() {
  const now = settings.value;
  const [trouble, setTrouble] = useState('');
  const remap = (action: Action, key: string) => {
    const problem = problemWith(now, action, key);
    setTrouble(problem ?? '');
    if (!problem) settings.value = { ...now, own: { ...now.own, [action]: key } };
  };
  return (
    <Modal title="Keys and settings">
      <p>
        <label>
          <input
            type="checkbox"
            checked={now.characters}
            onChange={(event) => {
              settings.value = { ...now, characters: event.currentTarget.checked };
            }}
          />{' '}
          Single characters are keys
        </label>{' '}
        <label>
          Colours{' '}
          <select
            value={now.theme}
            onChange={(event) => {
              settings.value = { ...now, theme: event.currentTarget.value as Theme };
            }}
          >
            <option value="auto">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
      </p>
      <p>
        Arrows move by a word or a line, with Shift they choose several words. Always: Ctrl+Enter hands in, Ctrl+Z and
        Ctrl+Shift+Z undo and redo, Ctrl+← goes back. Tab reaches every button. Click into a field and press another key
        to change it.
      </p>
      {trouble !== '' && <p role="alert">{trouble}</p>}
      <table>
        <caption class="hidden">Keys</caption>
        <tbody>
          {actionNames.map((action) => (
            <tr key={action}>
              <th scope="row">{actions[action].label}</th>
              <td>
                <input
                  class="key"
                  aria-label={`Key for ${actions[action].label}`}
                  value={keyOf(now, action)}
                  readOnly
                  onKeyDown={(event) => {
                    if (/^(?:Tab|Escape|Shift|Control|Alt|Meta)$/.test(event.key) || event.ctrlKey) return;
                    event.preventDefault();
                    remap(action, event.key);
                  }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <button
          type="button"
          onClick={() => {
            settings.value = { ...now, own: {} };
          }}
        >
          All keys as they were
        </button>
      </p>
    </Modal>
  );
}
