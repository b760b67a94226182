"""Small random backbones of each class, with a tokenizer of their own: for tests, and to train from nothing."""

import json
from functools import partial

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import MllamaConfig, PaliGemmaConfig, Qwen2_5_VLConfig, Qwen3VLConfig, SmolVLMConfig

QWEN = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
SMOLVLM = ("<|endoftext|>", "<|im_start|>", "<image>", "<global-img>", "<fake_token_around_image>", "<end_of_utterance>")
LLAMA = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|finetune_right_pad_id|>", "<|image|>")
PALIGEMMA = ("<pad>", "<eos>", "<bos>", "<unk>", "<image>")


def small_tokenizer(texts: list[str], size: int = 2000, special: tuple[str, ...] = QWEN) -> Tokenizer:
    """Byte-level BPE, so that any text has tokens, with a backbone's special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in special])
    return tokenizer


def small_gemma_tokenizer(texts: list[str], size: int = 2000) -> Tokenizer:
    """PaliGemma's kind: BPE over characters, a space is a mark, unknown characters fall back to their bytes."""
    spelled = [*PALIGEMMA, *(f"<0x{byte:02X}>" for byte in range(256))]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=max(1, size - len(spelled)), show_progress=False))
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    fields = json.loads(tokenizer.to_str())
    # in the published tokenizer bytes are words of the vocabulary, and not special
    words = [*spelled, *(word for word in fields["model"]["vocab"] if word not in spelled)]
    fields["model"] |= {"vocab": {word: place for place, word in enumerate(words)}, "byte_fallback": True, "fuse_unk": True}
    tokenizer = Tokenizer.from_str(json.dumps(fields))
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in PALIGEMMA])
    return tokenizer


def decoder_widths(tokenizer: Tokenizer, hidden: int, layers: int, heads: int) -> dict:
    """What the text configurations of all these backbones name alike."""
    return {
        "vocab_size": tokenizer.get_vocab_size(), "hidden_size": hidden, "intermediate_size": hidden * 3, "num_hidden_layers": layers,
        "num_attention_heads": heads, "num_key_value_heads": max(1, heads // 2), "max_position_embeddings": 4096,
    }


def small_config(
    tokenizer: Tokenizer, hidden: int = 64, layers: int = 2, heads: int = 4, vision: int = 64, depth: int = 2, patch: int = 14, windows: bool = True
) -> Qwen2_5_VLConfig:
    """A Qwen2.5-VL configuration of the given widths; head size = hidden / heads, in three parts for time, row, column.
    Without `windows` every layer of the tower looks at the whole picture."""
    half = hidden // heads // 2
    section = [half - 2 * (half * 3 // 8), half * 3 // 8, half * 3 // 8]
    identity = tokenizer.token_to_id
    return Qwen2_5_VLConfig(
        text_config={
            **decoder_widths(tokenizer, hidden, layers, heads),
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": section},
            "pad_token_id": identity("<|endoftext|>"), "bos_token_id": None, "eos_token_id": identity("<|im_end|>"),
        },
        vision_config={
            "hidden_size": vision, "out_hidden_size": hidden, "intermediate_size": vision * 3, "depth": depth,
            "num_heads": heads, "fullatt_block_indexes": [depth - 1] if windows else list(range(depth)),
            "patch_size": patch, "window_size": 8 * patch,
        },
        image_token_id=identity("<|image_pad|>"), video_token_id=identity("<|video_pad|>"),
        vision_start_token_id=identity("<|vision_start|>"), vision_end_token_id=identity("<|vision_end|>"),
        tie_word_embeddings=True,
    )


def small_qwen3_config(tokenizer: Tokenizer, hidden: int = 64, layers: int = 2, heads: int = 4, vision: int = 64, depth: int = 2) -> Qwen3VLConfig:
    """A Qwen3-VL configuration of the given widths. Every layer of the tower but the last, up to three and one less than
    the decoder has, hands its features to the decoder (DeepStack)."""
    half = hidden // heads // 2
    third = half // 3
    identity = tokenizer.token_to_id
    return Qwen3VLConfig(
        text_config={
            **decoder_widths(tokenizer, hidden, layers, heads), "head_dim": hidden // heads,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [half - 2 * third, third, third], "mrope_interleaved": True},
            "pad_token_id": identity("<|endoftext|>"), "bos_token_id": None, "eos_token_id": identity("<|im_end|>"),
        },
        vision_config={
            "hidden_size": vision, "out_hidden_size": hidden, "intermediate_size": vision * 3, "depth": depth, "num_heads": heads,
            "patch_size": 16, "num_position_embeddings": 64, "deepstack_visual_indexes": list(range(max(1, min(3, depth - 1, layers - 1)))),
        },
        image_token_id=identity("<|image_pad|>"), video_token_id=identity("<|video_pad|>"),
        vision_start_token_id=identity("<|vision_start|>"), vision_end_token_id=identity("<|vision_end|>"),
        tie_word_embeddings=True,
    )


def small_smolvlm_config(tokenizer: Tokenizer, hidden: int = 64, layers: int = 2, heads: int = 4, vision: int = 64, depth: int = 2) -> SmolVLMConfig:
    """Squares of 64 pixels, four cells of 32."""
    identity = tokenizer.token_to_id
    return SmolVLMConfig(
        text_config={
            **decoder_widths(tokenizer, hidden, layers, heads), "model_type": "llama", "head_dim": hidden // heads,
            "pad_token_id": identity("<|endoftext|>"), "bos_token_id": None, "eos_token_id": identity("<end_of_utterance>"),
        },
        vision_config={
            "hidden_size": vision, "intermediate_size": vision * 3, "num_hidden_layers": depth, "num_attention_heads": heads, "image_size": 64, "patch_size": 16,
        },
        scale_factor=2, image_token_id=identity("<image>"), pad_token_id=identity("<|endoftext|>"), tie_word_embeddings=True,
    )


def small_paligemma_config(tokenizer: Tokenizer, hidden: int = 64, layers: int = 2, heads: int = 4, vision: int = 64, depth: int = 2) -> PaliGemmaConfig:
    """PaliGemma 2: the decoder is Gemma 2's. Squares of 56 pixels, sixteen cells."""
    identity = tokenizer.token_to_id
    return PaliGemmaConfig(
        text_config={
            **decoder_widths(tokenizer, hidden, layers, heads), "model_type": "gemma2", "head_dim": hidden // heads,
            "query_pre_attn_scalar": hidden // heads, "sliding_window": 4096,
            "pad_token_id": identity("<pad>"), "bos_token_id": identity("<bos>"), "eos_token_id": identity("<eos>"),
        },
        vision_config={
            "model_type": "siglip_vision_model", "hidden_size": vision, "intermediate_size": vision * 3, "num_hidden_layers": depth, "num_attention_heads": heads,
            "image_size": 56, "patch_size": 14, "vision_use_head": False,
        },
        projection_dim=hidden, hidden_size=hidden, image_token_index=identity("<image>"),
    )


def small_mllama_config(tokenizer: Tokenizer, hidden: int = 64, layers: int = 2, heads: int = 4, vision: int = 64, depth: int = 2) -> MllamaConfig:
    """Llama 3.2 Vision: up to four tiles of 56 pixels, sixteen patches and a class token each. Every second layer of the decoder
    looks at the picture."""
    identity = tokenizer.token_to_id
    return MllamaConfig(
        text_config={
            **decoder_widths(tokenizer, hidden, layers, heads), "cross_attention_layers": list(range(1, layers, 2)),
            "rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 2048},
            "pad_token_id": identity("<|finetune_right_pad_id|>"), "bos_token_id": identity("<|begin_of_text|>"), "eos_token_id": identity("<|eot_id|>"),
        },
        vision_config={
            "hidden_size": vision, "intermediate_size": vision * 3, "num_hidden_layers": depth, "num_global_layers": 1, "attention_heads": heads,
            "image_size": 56, "patch_size": 14, "max_num_tiles": 4, "intermediate_layers_indices": [0], "vision_output_dim": vision * 2,
        },
        image_token_index=identity("<|image|>"),
    )


TINY = {
    "tiny": (small_config, small_tokenizer), "tiny-qwen3": (small_qwen3_config, small_tokenizer),
    "tiny-smolvlm": (small_smolvlm_config, partial(small_tokenizer, special=SMOLVLM)), "tiny-paligemma": (small_paligemma_config, small_gemma_tokenizer),
    "tiny-mllama": (small_mllama_config, partial(small_tokenizer, special=LLAMA)),
}
"""The names that stand for them in the place of a checkpoint folder, and how their tokenizers are made of texts."""
