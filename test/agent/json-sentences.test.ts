import { describe, expect, it } from 'vitest';
import { correct } from '../../src/agent/correct.js';
import { badWords, dictionary, image } from './doubles.js';

describe('values of JSON are judged in the sentence that they make', () => {
  it.each([
    ['{"objects":[{"name":"lobster","attributes":{"color":"red"}}]}', 'red', 'blue'],
    ['{"total": 7, "background": "blue"}', 'blue', 'white'],
    ['{"scene": {"background": {"color": "blue"}}}', 'blue', 'white'],
    ['{"relations":[["wolves","above","worms"]]}', 'above', 'below'],
    ['[{"object":"pizza","side":"left"},{"object":"owl","side":"top right"}]', 'left', 'right'],
    ['{"item": "cake", "position": "top-right"}', 'top', 'bottom'],
    ['{"phone": "pink", "lobster": "red"}', 'pink', 'black'],
    ['{"facts":[{"item":"boars","relation":"on the left of","other":"foxes"}]}', 'left', 'right'],
    ['{"cucumber":{"vertical":"top"}}', 'top', 'bottom'],
    ['["flutes", "taxis"]', 'taxis', 'owls'],
    ['{"tags": ["illustration", "frog", "crab"]}', 'crab', 'owl'],
    ['{"objects": {"lion": {"count": 1, "color": "pink"}}}', 'pink', 'gray'],
    ['{"item":"daggers","hue":"blue"}', 'blue', 'green'],
    ['{"facts": [{"subject": "axe", "predicate": "left of", "object": "moon"}]}', 'left', 'right'],
    ['{"what": "an owl", "where": "top left"}', 'top', 'bottom'],
    ['[{"class": "bunch of grapes", "position": "bottom-right"}]', 'bottom', 'top'],
    ['[["pairs of scissors", "above", "lemon"]]', 'above', 'below'],
    ['{"rows": [["lime", 4, "left"], ["taco", 1, "right"]]}', 'left', 'right'],
    ['{"rows": [["lime", 4, "left"], ["taco", 1, "right"]]}', '4', '3', 'four', 'three'],
    ['{"roller_skates": 3, "juiceBoxes": 2}', '3', '4', 'three', 'four'],
    ['{"sign": {"text": "open", "color": "red"}}', 'open', 'sale'],
    ['{"sign": {"text": "Open", "color": "red"}}', 'red', 'blue'],
    ['{"main_object": "taxi"}', 'taxi', 'bus'],
    ['{"entities": ["trophies", "doors", "swans"]}', 'swans', 'owls'],
    ['{"background":{"what":"pink"}}', 'pink', 'green'],
    ['{"tags": ["flat design", "blue background", "emoji"]}', 'blue', 'white'],
    ['{"total_objects": 7, "background": "blue"}', '7', '5', 'seven', 'five'],
    ['{"kinds": 3, "notes": null}', '3', '4', 'three', 'four'],
    ['{"edges": [{"from": "shark", "to": "peach", "relation": "left_of"}]}', 'left', 'right'],
    ['{"first": "shark", "second": "camera", "first_is": "larger"}', 'larger', 'smaller'],
    ['{"notes": ["There is a cat.", "It is red.",]}', 'cat', 'dog'],
  ])('%s: %s becomes %s', async (response, bad, good, said = bad, meant = good) => {
    const result = await correct(
      { images: [image], response },
      { scorer: badWords(said), rewriter: dictionary({ [said]: meant }) },
    );
    expect(result.response).toBe(response.replace(bad, good));
    expect(result.report.judged.words).toBeGreaterThan(0);
  });

  it.each([
    '{"question": "Which is red?", "options": ["dog", "cat"]}',
    '{"detections": [{"score": 0.97, "center": [0.54, 0.54]}]}',
    '{"ingredients": ["lemon", "onion"]}',
    '{"lines": [["dog", 2, 3]], "sign": {"code": "A-1"}}',
    '{"total": 12.5, "kinds": ["a", "b"]}',
    '{"from": "shark", "to": "peach"}',
    '{"relation": "friend of", "item": "dog", "other": "cat"}',
  ])('nothing of %s is', async (response) => {
    const { report } = await correct({ images: [image], response }, { scorer: badWords(), rewriter: dictionary({}) });
    expect(report.judged.words).toBe(0);
  });

  it.each([
    ['["a bomb", "four sandwiches", "four pears"]', 'pears', 'sandwiches'],
    ['{"objects": ["owl", "pizza"]}', 'pizza', 'owl'],
  ])('no thing of %s is named twice', async (response, bad, good) => {
    const result = await correct(
      { images: [image], response },
      { scorer: badWords(bad), rewriter: dictionary({ [bad]: good }) },
    );
    expect(result.response).toBe(response);
    expect(result.report.status).not.toBe('clean');
  });
});
