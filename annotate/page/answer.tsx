import type { TargetedMouseEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { current, cursor, moveBy, moveTo, openFlags, painted, target, words } from './state.js';
import { cursorOver, type Group, groupsOf, type Piece } from './words.js';

/**
 * The text of the answer. Each word is an element that carries its number, so that a click or a selection is found by the
 * element and never by searching text; one of them has the tab stop.
 */
export function Answer() {
  const block = useRef<HTMLParagraphElement>(null);
  const { view, work } = current.value!;
  const groups = groupsOf(view.response, view.flags, work.marks);
  const { from, to } = cursor.value;
  useEffect(() => {
    const inDialog = document.querySelector('dialog[open]');
    const busy = document.activeElement?.matches('input, textarea, select, #picture');
    // an answer without words has the focus itself
    const word = block.current?.querySelector<HTMLElement>('[tabindex="0"]') ?? block.current;
    if (inDialog || busy || !word) return;
    word.focus({ preventScroll: true });
    word.scrollIntoView({ block: 'nearest' });
  }, [from, to, view.id, work, view.flags]);
  const all = openFlags.value;
  return (
    <p
      ref={block}
      id="answer"
      class="answer"
      dir="auto"
      data-painted={painted.value || undefined}
      tabIndex={words.value.length === 0 ? 0 : undefined}
      role="group"
      aria-label={`Answer, ${all} ${all === 1 ? 'flag' : 'flags'} open`}
      onClick={onClick}
      onMouseUp={onSelected}
      onKeyDown={onKeyDown}
    >
      {groups.map((group) => (
        <Part key={group.pieces[0]?.start} group={group} />
      ))}
    </p>
  );
}

function Part({ group }: { group: Group }) {
  const { mark, flag, pieces } = group;
  const { from, to } = cursor.value;
  const inside = pieces.some(({ word }) => word !== null && word >= from && word <= to);
  if (!mark && !flag)
    return (
      <>
        {pieces.map((piece) => (
          <Word key={piece.start} piece={piece} stop={piece.word === from} chosen={inCursor(piece)} />
        ))}
      </>
    );
  const kind = mark ? mark.decision : 'open';
  const number = flag?.reward === undefined ? '' : flag.reward.toFixed(2);
  return (
    <span
      class={`group ${kind}${inside ? ' chosen' : ''}${mark?.replacement === undefined ? '' : ' replaced'}`}
      role="button"
      tabIndex={inside ? 0 : -1}
      aria-pressed={inside}
    >
      <span class="mark" aria-hidden="true">
        {kind === 'open' ? '?' : kind === 'right' ? '✓' : '✗'}
      </span>
      <span class="words">
        {pieces.map((piece) => (
          <Word key={piece.start} piece={piece} stop={false} chosen={false} />
        ))}
      </span>
      {mark?.replacement !== undefined && (
        <ins dir="auto" aria-hidden="true">
          {mark.replacement === '' ? '∅' : mark.replacement}
        </ins>
      )}
      {number !== '' && !mark && (
        <sub class="figure" aria-hidden="true">
          {number}
        </sub>
      )}
      <span class="hidden">, {spoken(group)}</span>
    </span>
  );
}

const inCursor = ({ word }: Piece) => word !== null && word >= cursor.value.from && word <= cursor.value.to;

function spoken({ mark, flag }: Group): string {
  const reward = flag?.reward === undefined ? '' : `, reward ${flag.reward.toFixed(2)}`;
  if (!mark) return `flagged${reward}, not decided`;
  if (mark.decision === 'right') return 'right';
  const fix =
    mark.replacement === undefined ? '' : mark.replacement === '' ? ', deleted' : `, becomes “${mark.replacement}”`;
  return `wrong${fix}${mark.type ? `, ${mark.type}` : ''}${mark.severity ? `, ${mark.severity}` : ''}`;
}

function Word({ piece, stop, chosen }: { piece: Piece; stop: boolean; chosen: boolean }) {
  return (
    <span
      data-start={piece.start}
      {...(piece.word === null ? {} : { 'data-word': piece.word })}
      {...(stop ? { tabIndex: 0 } : {})}
      class={chosen ? 'chosen' : undefined}
    >
      {piece.text}
    </span>
  );
}

/** The number of the word that a place on the page is in, or the one next to it. */
function wordAt(node: Node | null): number | undefined {
  const element = node instanceof Element ? node : node?.parentElement;
  const word = element?.closest<HTMLElement>('[data-word]') ?? element?.closest('.group')?.querySelector('[data-word]');
  if (word instanceof HTMLElement) return Number(word.dataset.word);
  const start = element?.closest<HTMLElement>('[data-start]')?.dataset.start;
  if (start === undefined) return undefined;
  const place = words.value.findIndex((range) => range.start >= Number(start));
  return place < 0 ? words.value.length - 1 : place;
}

/** A drag over words ends with a click on what holds them all, which says nothing. */
let dragged = false;

function onClick(event: TargetedMouseEvent<HTMLElement>) {
  if (dragged) {
    dragged = false;
    return;
  }
  const word = wordAt(event.target as Node);
  if (word === undefined) return;
  const { from, to } = cursor.value;
  if (event.shiftKey) moveTo({ from: Math.min(from, word), to: Math.max(to, word) });
  else {
    const group = (event.target as Element).closest('.group');
    const own = [...(group?.querySelectorAll<HTMLElement>('[data-word]') ?? [])].map((one) => Number(one.dataset.word));
    moveTo(own.length > 0 ? { from: Math.min(...own), to: Math.max(...own) } : { from: word, to: word });
  }
}

/** Words that were dragged over become the cursor. */
function onSelected() {
  const selection = window.getSelection();
  dragged = selection?.isCollapsed === false;
  if (!selection || !dragged) return;
  const range = selection.getRangeAt(0);
  const ends = wordsIn(range);
  if (ends) moveTo(ends);
  selection.removeAllRanges();
}

function wordsIn(range: globalThis.Range) {
  const chosen = [...document.querySelectorAll<HTMLElement>('#answer [data-word]')]
    .filter((word) => {
      const text = word.firstChild;
      if (!text || !range.intersectsNode(word)) return false;
      // touched at its very edge is not chosen
      const ends = document.createRange();
      ends.selectNodeContents(word);
      return (
        range.compareBoundaryPoints(Range.END_TO_START, ends) < 0 &&
        range.compareBoundaryPoints(Range.START_TO_END, ends) > 0
      );
    })
    .map((word) => Number(word.dataset.word));
  return chosen.length === 0 ? undefined : { from: Math.min(...chosen), to: Math.max(...chosen) };
}

/** Moves about in the text; also where nothing has the focus. */
export function onKeyDown(event: KeyboardEvent) {
  const block = document.querySelector('#answer');
  if (!block || event.ctrlKey || event.metaKey || event.altKey) return;
  const rightToLeft = getComputedStyle(block).direction === 'rtl';
  const step = { ArrowRight: rightToLeft ? -1 : 1, ArrowLeft: rightToLeft ? 1 : -1 }[event.key];
  if (step !== undefined) moveBy(step, event.shiftKey);
  else if (event.key === 'Home') moveTo({ from: 0, to: 0 });
  else if (event.key === 'End') moveTo({ from: words.value.length - 1, to: words.value.length - 1 });
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moveLine(event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Escape') {
    const over = target.value && cursorOver(words.value, target.value);
    moveTo(over ? { from: over.from, to: over.from } : cursor.value);
  } else return;
  event.preventDefault();
}

/** To the word of the next line that is nearest to this one. */
function moveLine(step: 1 | -1) {
  const all = [...document.querySelectorAll<HTMLElement>('#answer [data-word]')];
  const here = all.find((word) => Number(word.dataset.word) === (step === 1 ? cursor.value.to : cursor.value.from));
  if (!here) return;
  const from = here.getBoundingClientRect();
  const lines = all.map((word) => ({ word: Number(word.dataset.word), box: word.getBoundingClientRect() }));
  const beyond = lines.filter(({ box }) => (step === 1 ? box.top >= from.bottom - 2 : box.bottom <= from.top + 2));
  if (beyond.length === 0) return;
  const edge =
    step === 1 ? Math.min(...beyond.map(({ box }) => box.top)) : Math.max(...beyond.map(({ box }) => box.top));
  const line = beyond.filter(({ box }) => Math.abs(box.top - edge) < from.height);
  const nearest = line.reduce((best, one) =>
    Math.abs(one.box.left - from.left) < Math.abs(best.box.left - from.left) ? one : best,
  );
  moveTo({ from: nearest.word, to: nearest.word });
}
