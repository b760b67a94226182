"""The sequence that a token of an answer is judged in: the backbone's own chat format, with one picture.

    before  <image> * N  after  PROMPT  answer  RESPONSE  end

The response is tokenized by itself, so that its tokens do not depend on what stands before it, and what looks like a
special token in a prompt or response is plain text: an answer cannot close its own turn.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

from tokenizers import Tokenizer

from .backbones import backbone_of

DEFAULT_PROMPT = "Describe the picture."


@dataclass(frozen=True)
class Chat:
    before: list[int]
    after: list[int]
    answer: list[int]
    end: list[int]
    image: int

    def sequence(self, cells: int, prompt: list[int], response: list[int]) -> tuple[list[int], int]:
        """The ids, and where the response begins."""
        head = [*self.before, *[self.image] * cells, *self.after, *prompt, *self.answer]
        return [*head, *response, *self.end], len(head)


def chat_of(tokenizer: Tokenizer, model_type: str = "qwen2_5_vl") -> Chat:
    """A backbone's own format, in its tokenizer's ids."""
    turn = backbone_of(model_type).turn

    def ids(text: str) -> list[int]:
        return tokenizer.encode(text, add_special_tokens=False).ids

    image = tokenizer.token_to_id(turn.image)
    if image is None:
        raise ValueError(f"the tokenizer has no {turn.image}: it is not that of a {model_type}")
    return Chat(ids(turn.before), ids(turn.after), ids(turn.answer), ids(turn.end), image)


@lru_cache(maxsize=4)
def plain(tokenizer: Tokenizer) -> Tokenizer:
    """Without added tokens, special or not: as Node has it. Some are added to be found whole, runs of line breaks say, which
    its own rules may cut; a model must be taught with the cuts that it will meet."""
    fields = json.loads(tokenizer.to_str())
    fields["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(fields))


def encode_plain(tokenizer: Tokenizer, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Ids and code point offsets; what looks like an added token is plain text. Characters that a normalizer composed into the
    one before them (Qwen's reads e and U+0301 as one) belong to its last token."""
    encoded = plain(tokenizer).encode(text, add_special_tokens=False)
    starts = [start for start, _ in encoded.offsets[1:]] + [len(text)]
    return encoded.ids, [(start, max(end, following)) for (start, end), following in zip(encoded.offsets, starts)]
