"""Labels on the kinds of tokenizers that backbones come with, each trained here, and on two published ones, in several alphabets."""

from functools import cache

import pytest
from tldr_vlm.chat import chat_of, encode_plain
from tldr_vlm.data import Answer, token_labels
from tldr_vlm.published import PACKAGES, tokenizer_of
from tldr_vlm.tiny import small_gemma_tokenizer
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

TEXTS = ["The square is red, and two small dogs are left of a blue car.", "Ein 🦊 und 犬がいる。", "naïve Größe, 3.5 m", "Il y a un café."] * 20
SAMPLES = ["two 🦊🦊 dogs", "👩‍👩‍👧 and a cat", "犬が二匹いる。", "cafe\u0301 is  open", "naïve Größe ﬁ\n3.5", "a red car <image> is", "\u00a0x \U0001f1e9\U0001f1ea"]


def gpt2() -> Tokenizer:
    """SmolVLM's kind: byte-level BPE, digits one by one, as SmolLM2 has them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in ("<image>", "<fake_token_around_image>", "<end_of_utterance>")])
    return tokenizer


def gemma() -> Tokenizer:
    return small_gemma_tokenizer([text for text in TEXTS if text.isascii()], 500)


@cache
def published(name: str) -> Tokenizer:
    if not PACKAGES.exists():
        pytest.skip("SKIPPED ALOUD: run `node scripts/setup.mjs --tests` for the published tokenizers")
    return tokenizer_of(name)


def qwen() -> Tokenizer:
    """Composes what it reads (NFC), so that two characters of a text may have one token."""
    return published("qwen3")


def published_gemma() -> Tokenizer:
    return published("gemini")


@pytest.mark.parametrize("make", [gpt2, gemma, qwen, published_gemma])
@pytest.mark.parametrize("text", [*SAMPLES, "man\u0303ana e\u0323\u0301", "\u1112\u1161\u11ab 한글"])
def test_labels_survive(make, text):
    tokenizer = make()
    ids, offsets = encode_plain(tokenizer, text)
    assert tokenizer.token_to_id("<image>") not in ids, "an answer must not spell a special token"
    assert {at for start, end in offsets for at in range(start, end)} >= {at for at in range(len(text)) if text[at].strip()}
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            wanted = {at for at in range(start, end) if text[at].strip()}
            labels = token_labels(offsets, Answer(None, None, text, ((start, end),), (), "x"))
            bad = {place for place, value in enumerate(labels) if value == 0}
            assert wanted <= {at for place in bad for at in range(*offsets[place])}, (text[start:end], offsets)
            assert all(any(at in wanted for at in range(*offsets[place])) for place in bad)
            # a character of several tokens is labelled in all of them
            for place, (a, b) in enumerate(offsets):
                if any(at in wanted for at in range(a, b)):
                    assert place in bad


@pytest.mark.parametrize("make", [gpt2, gemma])
def test_what_was_added_to_be_found_whole_is_cut_as_it_will_be_in_node(make):
    before, tokenizer = make(), make()
    tokenizer.add_tokens([AddedToken("\n\n", normalized=False), AddedToken("<tool_call>", normalized=False)])
    text = "a red car\n\n<tool_call>"
    assert tokenizer.encode(text, add_special_tokens=False).ids != encode_plain(tokenizer, text)[0]
    assert encode_plain(tokenizer, text) == encode_plain(before, text)


def test_the_chat_has_the_ids_of_the_published_tokenizer():
    chat = chat_of(qwen(), "qwen2_5_vl")
    spelled = qwen().decode([*chat.before, chat.image, *chat.after, *chat.answer, *chat.end], skip_special_tokens=False)
    assert spelled == (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|><|im_end|>\n<|im_start|>assistant\n<|im_end|>"
    )
    # as config.json of the published checkpoints names them
    assert (chat.image, chat.end, chat.after, chat.before[-1]) == (151655, [151645], [151653], 151652)


def test_the_published_kinds_fall_back_to_bytes_where_a_character_is_unknown():
    assert sum(token.startswith("<0x") for token in gemma().encode("🦊").tokens) == 4
    assert len(gpt2().encode("1234").ids) == 4
