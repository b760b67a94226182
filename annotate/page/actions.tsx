import { useEffect, useRef } from 'preact/hooks';
import { perturbationTypes } from '../../src/perturb/perturbation.js';
import type { ErrorType } from '../work.js';
import { Key } from './key-hint.js';
import { type Action, actions } from './keys.js';
import {
  accept,
  act,
  beginDraft,
  cancelDraft,
  commitDraft,
  current,
  draft,
  isMeant,
  setKind,
  takeVote,
  target,
} from './state.js';

/** What can be done with the words under the cursor, and with the whole answer. Every button shows its key. */
export function Actions() {
  const { view, work } = current.value!;
  const to = target.value;
  const proposals = to?.flag?.proposals ?? [];
  const mark = to?.mark;
  return (
    <div class="actions">
      {view.votes && <Votes />}
      <section aria-label="The chosen words">
        <p class="target" dir="auto">
          {to ? <q>{shorten(to.text)}</q> : 'No words are chosen.'}
          {to?.flag?.reason !== undefined && <span class="reason"> {to.flag.reason}</span>}
        </p>
        {draft.value === undefined ? (
          <div class="buttons">
            {proposals.map((proposal, place) => (
              <button type="button" key={proposal} class="accept" disabled={!to} onClick={() => accept(proposal)}>
                {proposal === '' ? 'Accept: delete' : `Accept “${shorten(proposal)}”`}{' '}
                {place === 0 && <Key action="accept" />}
              </button>
            ))}
            <Button action="right" disabled={!to?.flag && !mark} pressed={mark?.decision === 'right'} />
            <Button action="wrong" disabled={!to} pressed={mark?.decision === 'wrong'} />
            <button type="button" disabled={!to} onClick={beginDraft}>
              {actions.edit.label} <Key action="edit" />
            </button>
            <Button action="delete" disabled={!to} pressed={mark?.replacement === ''} />
            <Button action="clear" disabled={!mark} />
          </div>
        ) : (
          <Draft />
        )}
        <div class="buttons">
          <Kind />
          <Button action="severity" disabled={!to} text={mark?.severity ? `Severity: ${mark.severity}` : 'Severity'} />
        </div>
        <div class="buttons">
          <span class="label" aria-hidden="true">
            Begins
          </span>
          <Button action="growStart" disabled={!to} text="◂" />
          <Button action="shrinkStart" disabled={!to} text="▸" />
          <span class="label" aria-hidden="true">
            Ends
          </span>
          <Button action="shrinkEnd" disabled={!to} text="◂" />
          <Button action="growEnd" disabled={!to} text="▸" />
        </div>
      </section>
      <section aria-label="The whole answer" class="buttons">
        <Button action="good" pressed={work.verdict === 'good'} />
        <Button action="bad" pressed={work.verdict === 'bad'} />
        <Button action="undo" />
        <Button action="redo" />
        <Button action="comment" pressed={work.comment !== undefined} />
        <Button action="skip" />
        <Button action="next" primary />
      </section>
    </div>
  );
}

const shorten = (text: string) => ([...text].length > 60 ? `${[...text].slice(0, 59).join('')}…` : text);

interface ButtonProps {
  action: Action;
  disabled?: boolean;
  pressed?: boolean;
  primary?: boolean;
  text?: string;
}

function Button({ action, disabled = false, pressed, primary = false, text }: ButtonProps) {
  const { label } = actions[action];
  return (
    <button
      type="button"
      class={primary ? 'primary' : undefined}
      disabled={disabled}
      aria-pressed={pressed}
      {...(text === undefined || text.startsWith('Severity') ? {} : { 'aria-label': label, title: label })}
      // the second click of a double click was not meant for the next answer
      onClick={(event) => {
        if (isMeant(event) && !(primary && event.detail > 1)) act(action);
      }}
    >
      {text ?? label} <Key action={action} />
    </button>
  );
}

function Kind() {
  const to = target.value;
  return (
    <label class="kind">
      Kind{' '}
      <select
        id="type"
        disabled={!to}
        value={to?.mark?.type ?? ''}
        onChange={(event) => setKind({ type: (event.currentTarget.value || undefined) as ErrorType })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') {
            event.preventDefault();
            event.currentTarget.blur();
            backToText();
          }
        }}
      >
        <option value="">not said</option>
        {[...perturbationTypes, 'other'].map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </select>{' '}
      <Key action="type" />
    </label>
  );
}

const backToText = () => document.querySelector<HTMLElement>('#answer [tabindex="0"]')?.focus();

function Draft() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <div class="draft">
      <label for="draft">Instead</label>
      <input
        id="draft"
        ref={field}
        dir="auto"
        maxLength={10_000}
        value={draft.value}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
        }}
        onBlur={() => commitDraft()}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Enter') {
            event.preventDefault();
            commitDraft();
            if (event.ctrlKey || event.metaKey) act('next');
            else act('nextFlag');
          } else if (event.key === 'Escape') cancelDraft();
          else return;
          requestAnimationFrame(backToText);
        }}
      />
    </div>
  );
}

function Votes() {
  const { view } = current.value!;
  return (
    <section aria-label="What the others said">
      <ol class="votes">
        {view.votes!.map(({ annotator, work }, place) => (
          <li key={annotator}>
            <strong>{annotator}</strong> {work.verdict && `(${work.verdict})`}:{' '}
            {work.marks
              .filter(({ decision }) => decision === 'wrong')
              .map(({ text, replacement }) =>
                replacement === undefined
                  ? `“${text}” wrong`
                  : `“${text}” → “${replacement === '' ? '∅' : replacement}”`,
              )
              .join(', ') || 'nothing wrong'}{' '}
            <button type="button" onClick={() => takeVote(place)}>
              Take this
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
