"""The backbone's forward pass written for ONNX: no Python loops over pictures, no caches, every size dynamic.

Two halves with the tensors of DESIGN.md section 6. What Qwen2.5-VL and Qwen3-VL need beyond them is computed inside:
- the picture comes as pixels, and is cut into patches here; attention within windows is a mask, which gives what the
  original's reordering by window gives;
- row 0 of the features is [rows, columns, 0, ...] of the merged grid, from which the decoder works out the positions of
  the multimodal rotary embedding;
- the square of SmolVLM and PaliGemma comes as it is, row 0 is empty, and its cells stand in line;
- PaliGemma 2's prefix, which is read in both directions, has 2 in the attention mask;
- the canvas of Llama 3.2 Vision is cut into its tiles, and all that there could be go through the tower, as transformers has it;
  row 0 is [rows of the features whose tile is there, 0, ...], and the decoder's cross-attention looks at the features: what
  stands before the picture's token at all of them, what stands behind it at those that are there;
- what Qwen3-VL's tower hands to the first layers of the decoder (DeepStack) stands beside a cell's features, in the same
  row: D is then the decoder's width times one more than those layers.
All are checked against transformers' own forward in the tests.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .backbones import backbone_of
from .images import tile_shapes
from .model import TldrModel, behind


def rotate_half(x: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return torch.cat([-x[..., half:], x[..., :half]], -1)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, scale: float | None = None, cap: float | None = None) -> Tensor:
    """q, k, v [..., T, d], additive mask [..., T, T] or none. `scale`: default d^-0.5; `cap`: scores are held softly within it."""
    scores = q @ k.transpose(-1, -2) * (scale or q.shape[-1] ** -0.5)
    scores = torch.tanh(scores / cap) * cap if cap else scores
    return (scores if mask is None else scores + mask).softmax(-1) @ v


class ImageEncoder(nn.Module):
    def __init__(self, model: TldrModel):
        super().__init__()
        self.visual = model.backbone.visual
        config = self.visual.config
        self.patch, self.merge = config.patch_size, config.spatial_merge_size
        windows = hasattr(config, "window_size")
        self.window = config.window_size // self.patch // self.merge if windows else 1
        self.full = set(config.fullatt_block_indexes if windows else range(config.depth))
        self.deep = list(getattr(config, "deepstack_visual_indexes", []))
        self.register_buffer("inverse", self.visual.rotary_pos_emb.inv_freq.float().clone(), persistent=False)

    def forward(self, pixel_values: Tensor) -> Tensor:
        """f32 [B,3,H,W], sides multiples of patch x merge -> f32 [B, 1 + rows x columns, D]."""
        m, p, batch = self.merge, self.patch, pixel_values.shape[0]
        rows, columns = pixel_values.shape[2] // (m * p), pixel_values.shape[3] // (m * p)
        cut = pixel_values.reshape(batch, 3, rows, m, p, columns, m, p).permute(0, 2, 5, 3, 6, 1, 4, 7).reshape(batch, -1, 3 * p * p)
        # the picture stands still, so the kernel's frames add up
        x = cut @ self.visual.patch_embed.proj.weight.sum(2).flatten(1).t()
        if self.visual.patch_embed.proj.bias is not None:
            x = x + self.visual.patch_embed.proj.bias
        cell_row = torch.arange(rows).view(-1, 1, 1, 1).expand(-1, columns, m, m)
        cell_column = torch.arange(columns).view(1, -1, 1, 1).expand(rows, -1, m, m)
        inner = torch.arange(m)
        row = (cell_row * m + inner.view(1, 1, -1, 1)).reshape(-1)
        column = (cell_column * m + inner.view(1, 1, 1, -1)).reshape(-1)
        if hasattr(self.visual, "pos_embed"):
            x = x + self.learned(row, column, rows * m, columns * m)
        angle = torch.cat([row[:, None] * self.inverse, column[:, None] * self.inverse], 1)
        angle = torch.cat([angle, angle], 1)
        cos, sin = angle.cos()[:, None], angle.sin()[:, None]
        across = (columns + self.window - 1) // self.window
        window = ((cell_row // self.window) * across + cell_column // self.window).reshape(-1)
        near = None if len(self.full) == len(self.visual.blocks) else torch.where(window[:, None] == window[None], 0.0, -1e9)
        handed = []
        for index, block in enumerate(self.visual.blocks):
            heads = block.attn.num_heads
            q, k, v = block.attn.qkv(block.norm1(x)).reshape(batch, -1, 3, heads, x.shape[2] // heads).unbind(2)
            c, s = cos.to(q.dtype), sin.to(q.dtype)
            q, k = q * c + rotate_half(q) * s, k * c + rotate_half(k) * s
            mixed = attend(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), None if index in self.full else near)
            x = x + block.attn.proj(mixed.transpose(1, 2).reshape(batch, -1, x.shape[2]))
            x = x + block.mlp(block.norm2(x))
            if index in self.deep:
                handed.append(self.visual.deepstack_merger_list[self.deep.index(index)](x.reshape(-1, x.shape[2])))
        merged = [self.visual.merger(x.reshape(-1, x.shape[2])), *handed]
        features = torch.cat(merged, 1).reshape(batch, -1, len(merged) * self.visual.config.out_hidden_size)
        place = torch.arange(features.shape[2])
        grid = torch.zeros_like(features[:, :1]) + place.lt(2) * torch.where(place == 0, float(1) * rows, float(1) * columns)
        return torch.cat([grid, features], 1)

    def learned(self, row: Tensor, column: Tensor, rows: int, columns: int) -> Tensor:
        """Qwen3-VL's square table of learned positions, stretched over the picture's own grid of patches, corner to
        corner, linearly between its entries: f32 [P, D]."""
        side, table = self.visual.num_grid_per_side, self.visual.pos_embed.weight
        down, right = row.float() * (side - 1) / (rows - 1), column.float() * (side - 1) / (columns - 1)
        top, left = down.floor(), right.floor()
        out = torch.zeros_like(table[:1])
        for below in (0, 1):
            for beyond in (0, 1):
                place = (top + below).clamp(max=side - 1) * side + (left + beyond).clamp(max=side - 1)
                weight = (1 - (down - top - below).abs()) * (1 - (right - left - beyond).abs())
                out = out + table[place.long()] * weight[:, None]
        return out


class SquareEncoder(nn.Module):
    """Tower and projector of SmolVLM or PaliGemma: one square, whose cells stand in line."""

    def __init__(self, model: TldrModel):
        super().__init__()
        body, kind = model.backbone, backbone_of(model.backbone.config.model_type)
        self.tower, config = getattr(body, kind.tower), body.config.vision_config
        self.projector = body.multi_modal_projector if kind.prefix else body.connector
        self.heads, side, cells = config.num_attention_heads, config.image_size, config.image_size // config.patch_size
        embeddings, blank = self.tower.embeddings, torch.zeros(1, 3, side, side)
        with torch.no_grad():  # what it adds to a patch for its place
            whole = embeddings(blank) if kind.prefix else embeddings(blank, torch.ones(1, cells, cells, dtype=torch.bool))
            self.register_buffer("place", whole - embeddings.patch_embedding(blank).flatten(2).transpose(1, 2), persistent=False)

    def forward(self, pixel_values: Tensor) -> Tensor:
        """f32 [B,3,S,S] -> f32 [B, 1 + N, D]; row 0 is empty."""
        x = self.tower.embeddings.patch_embedding(pixel_values).flatten(2).transpose(1, 2) + self.place
        batch, length, width = x.shape

        def split(flat: Tensor) -> Tensor:
            return flat.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        for layer in self.tower.encoder.layers:
            attention, y = layer.self_attn, layer.layer_norm1(x)
            mixed = attend(split(attention.q_proj(y)), split(attention.k_proj(y)), split(attention.v_proj(y)), None)
            x = x + attention.out_proj(mixed.transpose(1, 2).reshape(batch, length, width))
            x = x + layer.mlp(layer.layer_norm2(x))
        return nn.functional.pad(self.projector(self.tower.post_layernorm(x)), (0, 0, 1, 0))


class TiledEncoder(nn.Module):
    """Tower and projector of Llama 3.2 Vision. The tower is transformers' own: nothing in it depends on the picture's size."""

    def __init__(self, model: TldrModel):
        super().__init__()
        self.tower, self.projector = model.backbone.vision_model, model.backbone.multi_modal_projector
        self.side, self.most = self.tower.image_size, self.tower.max_num_tiles
        numbers = torch.zeros(self.most + 1, self.most + 1, dtype=torch.long)
        for number, (rows, columns) in enumerate(tile_shapes(self.most), 1):
            numbers[rows, columns] = number
        self.register_buffer("numbers", numbers.flatten(), persistent=False)

    def forward(self, pixel_values: Tensor) -> Tensor:
        """f32 [B,3,H,W], sides multiples of a tile's -> f32 [B, 1 + M x N, D]; the sides' tiles are M at most."""
        batch, side, most = pixel_values.shape[0], self.side, self.most
        rows, columns = pixel_values.shape[2] // side, pixel_values.shape[3] // side
        tiles = pixel_values.reshape(batch, 3, rows, side, columns, side).permute(0, 2, 4, 1, 3, 5).reshape(batch, -1, 3, side, side)
        tiles = torch.cat([tiles, torch.zeros(most, 3, side, side).expand(batch, -1, -1, -1, -1)], 1)[:, None, :most]
        number = (self.numbers * (torch.arange(len(self.numbers)) == rows * (most + 1) + columns)).sum().expand(batch, 1)
        there = (torch.arange(most) < rows * columns).long().expand(batch, 1, -1)
        seen = self.tower(pixel_values=tiles, aspect_ratio_ids=number, aspect_ratio_mask=there).last_hidden_state
        features = self.projector(seen).reshape(batch, most * self.tower.num_patches, -1)
        first = torch.zeros_like(features[:, :1]) + (torch.arange(features.shape[2]) == 0) * (float(self.tower.num_patches) * rows * columns)
        return torch.cat([first, features], 1)


def encoder_of(model: TldrModel) -> nn.Module:
    if backbone_of(model.backbone.config.model_type).tiled:
        return TiledEncoder(model)
    return SquareEncoder(model) if backbone_of(model.backbone.config.model_type).square else ImageEncoder(model)


class RewardDecoder(nn.Module):
    """`verdict_before_end`: for a model that judges whole responses. Each token gets the logit of the response's last one,
    that many tokens before the end of the sequence."""

    def __init__(self, model: TldrModel, image_token: int, verdict_before_end: int | None = None):
        super().__init__()
        self.verdict_before_end = verdict_before_end
        backbone = backbone_of(model.backbone.config.model_type)
        self.text, self.score, self.image_token = getattr(model.backbone, backbone.decoder), model.score, image_token
        self.crossing = backbone.tiled
        config = self.text.config
        self.handed = config.hidden_size * len(getattr(model.backbone.config.vision_config, "deepstack_visual_indexes", []))
        self.heads, self.groups = config.num_attention_heads, config.num_attention_heads // config.num_key_value_heads
        self.width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.scale = (getattr(config, "query_pre_attn_scalar", None) or self.width) ** -0.5
        self.cap = getattr(config, "attn_logit_softcapping", None)
        section = config.rope_parameters.get("mrope_section")
        self.in_line = section is None
        if self.in_line:
            axis = torch.zeros(self.width // 2, dtype=torch.long)
        elif config.model_type == "qwen3_vl_text":  # rows and columns in turn with time, as far as their sections reach
            axis = torch.tensor([place % 3 if place < 3 * section[place % 3] else 0 for place in range(self.width // 2)])
        else:
            axis = torch.cat([torch.full((n,), place % 3) for place, n in enumerate(section)])
        self.register_buffer("axis", nn.functional.one_hot(axis, 3).float(), persistent=False)
        self.register_buffer("inverse", self.text.rotary_emb.inv_freq.float().clone(), persistent=False)

    def positions(self, ids: Tensor, features: Tensor) -> Tensor:
        """f32 [B,T,3]: time, row and column; text counts on from the larger side of the picture. Where cells stand in line,
        three times the place."""
        if self.in_line:
            return torch.arange(ids.shape[1]).view(1, -1, 1).expand(ids.shape[0], -1, 3).float()
        seen = (ids == self.image_token).long()
        grid = features[:, 0, :2].round().long()
        rows, columns = grid[:, :1], grid[:, 1:]
        place = torch.arange(ids.shape[1])[None].expand_as(ids)
        before = seen.cumsum(1)
        cell = before - 1
        start = place - cell
        after = (before > 0).long() * (1 - seen)
        plain = place - after * (before - torch.maximum(rows, columns))
        row, column = start + cell // columns.clamp(min=1), start + cell % columns.clamp(min=1)
        pick = seen.bool()
        return torch.stack(
            [torch.where(pick, start, plain), torch.where(pick, row, plain), torch.where(pick, column, plain)], 2
        ).float()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, image_features: Tensor) -> Tensor:
        """i64 [B,T], i64 [B,T], f32 [B,1+N,D] (row 0 the grid; rows past the grid's are not looked at) -> f32 [B,T].

        The mask is 0 where there is nothing, 1 where those behind may look, 2 where all may (a prefix)."""
        place = torch.arange(input_ids.shape[1])
        open_ = (place[None] <= place[:, None])[None] & (attention_mask[:, None, :] > 0) | (attention_mask[:, None, :] == 2)
        if self.crossing:
            logits = self.run(self.text.embed_tokens(input_ids), self.positions(input_ids, image_features), open_, crossed=self.crossed(input_ids, image_features))
        else:
            x, *deep = self.embed(input_ids, image_features).split(self.text.config.hidden_size, 2)
            logits = self.run(x, self.positions(input_ids, image_features), open_, deep=deep)
        if self.verdict_before_end is None:
            return logits
        last = attention_mask.clamp(max=1).sum(1, keepdim=True) - 1 - self.verdict_before_end
        return logits.gather(1, last).expand_as(logits)

    def embed(self, input_ids: Tensor, image_features: Tensor) -> Tensor:
        """f32 [B,T,D]: a token's embedding, with nothing for the layers behind, or the features of its cell."""
        seen = input_ids == self.image_token
        cell = seen.long().cumsum(1).clamp(max=image_features.shape[1] - 1)
        looked = image_features.gather(1, cell[:, :, None].expand(-1, -1, image_features.shape[2]))
        words = nn.functional.pad(self.text.embed_tokens(input_ids), (0, self.handed))
        return torch.where(seen[:, :, None], looked, words)

    def crossed(self, input_ids: Tensor, image_features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What layers of cross-attention look at, f32 [B,N,D]; an additive mask [B,1,T,N]; and f32 [B,T,1], 1 behind the picture."""
        later = behind(input_ids, self.image_token)[:, :, None]
        there = image_features[:, None, :1, 0].round()
        hidden = later * (torch.arange(image_features.shape[1] - 1) >= there)
        return image_features[:, 1:], (hidden * -1e9)[:, None], later.float()

    def cross(self, layer: nn.Module, x: Tensor, states: Tensor, mask: Tensor, later: Tensor) -> Tensor:
        attention = layer.cross_attn

        def split(flat: Tensor) -> Tensor:
            return flat.view(x.shape[0], -1, flat.shape[2] // self.width, self.width).transpose(1, 2)

        q = attention.q_norm(split(attention.q_proj(layer.input_layernorm(x))))
        k, v = attention.k_norm(split(attention.k_proj(states))), split(attention.v_proj(states))
        k, v = k.repeat_interleave(self.groups, 1), v.repeat_interleave(self.groups, 1)
        mixed = attend(q, k, v, mask).transpose(1, 2).reshape(x.shape[0], x.shape[1], -1)
        x = x + layer.cross_attn_attn_gate.tanh() * attention.o_proj(mixed)
        return x + layer.cross_attn_mlp_gate.tanh() * layer.mlp(layer.post_attention_layernorm(x)) * later

    def run(
        self, x: Tensor, positions: Tensor, open_: Tensor, look: dict[int, list[Tensor]] | None = None, deep: Sequence[Tensor] = (),
        past: Sequence[tuple[Tensor, Tensor]] = (), kept: list[tuple[Tensor, Tensor]] | None = None, crossed: tuple[Tensor, Tensor, Tensor] | None = None,
    ) -> Tensor:
        """f32 [B,T,D], [B,T,3], bool [B or 1,T,P+T] (may a row look at a column?) -> logits f32 [B,T]. The keys of `look` are
        layers whose queries [B,H,T,d] and keys [B,H,P+T,d] are wanted: they are put into its lists. `deep`, f32 [B,T,D] each, is
        added behind the first layers. `past`: keys and values [B,G,P,d] of what stands before, layer by layer, as an earlier
        run put them into `kept`. `crossed`: for layers of cross-attention, as `crossed` gives it."""
        angle = (positions @ self.axis.t()) * self.inverse
        angle = torch.cat([angle, angle], 2)[:, None]
        cos, sin = angle.cos(), angle.sin()
        mask = torch.where(open_, 0.0, -1e9)[:, None]
        batch, length = x.shape[0], x.shape[1]
        for index, layer in enumerate(self.text.layers):
            if crossed is not None and hasattr(layer, "cross_attn"):
                x = self.cross(layer, x, *crossed)
                continue
            attention, y = layer.self_attn, layer.input_layernorm(x)

            def split(flat: Tensor) -> Tensor:
                return flat.view(batch, length, -1, self.width).transpose(1, 2)

            q, k, v = split(attention.q_proj(y)), split(attention.k_proj(y)), split(attention.v_proj(y))
            if hasattr(attention, "q_norm"):
                q, k = attention.q_norm(q), attention.k_norm(k)
            c, s = cos.to(q.dtype), sin.to(q.dtype)
            q, k = q * c + rotate_half(q) * s, k * c + rotate_half(k) * s
            if kept is not None:
                kept.append((k, v))
            if past:
                k, v = torch.cat([past[index][0], k], 2), torch.cat([past[index][1], v], 2)
            k, v = k.repeat_interleave(self.groups, 1), v.repeat_interleave(self.groups, 1)
            if look is not None and index in look:
                look[index] += [q, k]
            mixed = attention.o_proj(attend(q, k, v, mask, self.scale, self.cap).transpose(1, 2).reshape(batch, length, -1))
            if hasattr(layer, "pre_feedforward_layernorm"):  # Gemma 2 norms what comes out as well
                x = x + layer.post_attention_layernorm(mixed)
                x = x + layer.post_feedforward_layernorm(layer.mlp(layer.pre_feedforward_layernorm(x)))
            else:
                x = x + mixed
                x = x + layer.mlp(layer.post_attention_layernorm(x))
            if index < len(deep):
                x = x + deep[index]
        return self.score(self.text.norm(x))[:, :, 0]
