import { useEffect } from 'preact/hooks';
import { Actions } from './actions.js';
import { Answer } from './answer.js';
import { Dialogs } from './dialogs.js';
import { Key } from './key-hint.js';
import { Picture } from './picture.js';
import {
  act,
  annotator,
  current,
  dialog,
  empty,
  message,
  problem,
  progress,
  role,
  saveState,
  session,
  signIn,
} from './state.js';

/** The page around an answer: where one is, what is saved, and the parts. */
export function Annotator() {
  const { view, work } = current.value!;
  return (
    <div class="page">
      <Header />
      <main class="columns">
        <Picture key={view.id} id={view.id} evidence={view.evidence} focused={view.flags} />
        <section class="work" aria-label="Answer">
          {view.prompt !== undefined && (
            <p class="prompt" dir="auto">
              <span class="label">Question</span> {view.prompt}
            </p>
          )}
          <Notice />
          <Answer key={`text ${view.id}`} />
          <Actions />
          {work.comment !== undefined && (
            <p class="comment" dir="auto">
              <span class="label">Comment</span> {work.comment}
            </p>
          )}
        </section>
      </main>
      <Status />
      <Dialogs />
    </div>
  );
}

function Notice() {
  const { view, work } = current.value!;
  const lines = [
    view.shown === 'verdict'
      ? view.doubted
        ? 'The detector says: something in this answer is wrong.'
        : 'The detector says: nothing in this answer is wrong.'
      : undefined,
    view.scored === 'waiting' ? 'The detector is still at work on this answer; you need not wait.' : undefined,
    view.abstained === undefined ? undefined : `Not judged by the detector: ${view.abstained}`,
    view.response.trim() === '' ? 'The answer is empty.' : undefined,
    work.status === 'skipped' ? `Skipped: ${work.skipReason ?? ''}` : undefined,
  ].filter((line) => line !== undefined);
  return lines.length === 0 ? null : (
    <div class="notice">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function Header() {
  const { view } = current.value ?? {};
  return (
    <header>
      <h1>
        {role === 'adjudicate' ? 'Adjudicate' : 'Annotate'} {view && <span class="id">{view.id}</span>}
      </h1>
      <Done />
      <Saved />
      <nav aria-label="Page">
        <button type="button" onClick={() => act('previous')}>
          Before <Key action="previous" />
        </button>
        {session.value?.guidelines && (
          <button type="button" onClick={() => act('guidelines')}>
            Guidelines <Key action="guidelines" />
          </button>
        )}
        <button type="button" onClick={() => act('help')}>
          Keys <Key action="help" />
        </button>
      </nav>
    </header>
  );
}

function Done() {
  const known = progress.value;
  if (!known) return null;
  const { done, total, unscored } = known;
  return (
    <p class="progress">
      <progress max={Math.max(1, total)} value={done} aria-label="Answers done" /> {done} of {total}
      {unscored > 0 && `, ${unscored} not scored yet`} <span class="who">· {annotator.value}</span>
    </p>
  );
}

function Saved() {
  const state = saveState.value;
  const text =
    state.kind === 'saved'
      ? `Saved ${new Date(state.at).toLocaleTimeString()}`
      : state.kind === 'saving'
        ? 'Saving…'
        : state.kind === 'waiting'
          ? `Not saved (${state.count}): ${state.why}. Trying again.`
          : '';
  return (
    <p class={`saved ${state.kind}`} id="saved" role={state.kind === 'waiting' ? 'alert' : undefined}>
      {text}
    </p>
  );
}

function Status() {
  return (
    <footer>
      <p role="status">{message}</p>
      {problem.value !== '' && <p role="alert">{problem}</p>}
    </footer>
  );
}

/** What stands in place of an answer while there is none. */
export function Empty() {
  const finished = empty.value === 'finished';
  return (
    <div class="page">
      {session.value && annotator.value !== undefined && <Header />}
      <main class="empty">
        <h2>{finished ? 'All done' : empty.value === 'loading' ? 'Loading…' : 'The server cannot be reached'}</h2>
        {finished && <p>There is no answer left for {annotator.value}. Thank you.</p>}
        {empty.value === 'unreachable' && <p>{problem}. Trying again; what you changed is kept.</p>}
      </main>
      <Status />
      {dialog.value && <Dialogs />}
    </div>
  );
}

export function SignIn() {
  useEffect(() => document.querySelector<HTMLInputElement>('#name')?.focus(), []);
  return (
    <main class="empty">
      <h1>{session.value?.title}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const name = new FormData(event.currentTarget).get('name');
          if (typeof name === 'string' && name.trim() !== '') void signIn(name.trim());
        }}
      >
        <label for="name">Your name</label>{' '}
        <input id="name" name="name" required maxLength={80} autocomplete="username" />{' '}
        <button type="submit">Begin</button>
      </form>
    </main>
  );
}
