"""A Llama of a few thousand parameters with random weights, and a tokenizer trained on sentences of our own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SENTENCES = (
    "Ibu kota Malaysia ialah Kuala Lumpur. Soalan: Jawapan: A, B, C atau D.",
    "Pertanyaan: Apa penyebabnya? Jawaban: karena hari ini hujan deras sekali.",
    "คำถาม: เมืองหลวงของประเทศไทยคือเมืองใด คำตอบ: กรุงเทพมหานคร ก ข ค ง จ",
    "Câu hỏi: Thủ đô của Việt Nam là gì? Câu trả lời: Hà Nội.",
    "Tanong: Ano ang kabisera ng Pilipinas? Sagot: Maynila.",
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tiny_tokenizer(texts: Iterable[str] = SENTENCES, *, size: int = 400) -> PreTrainedTokenizerFast:
    """A tokenizer of some tokens, learned from some texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")


def save_tiny_llama(folder: Path, *, chat: bool = False, seed: int = 0, spread: float = 0.02) -> Path:
    """Write the model to a folder, with a chat template if it is to have one.

    `spread` is the standard deviation of its weights: the larger, the more its answers differ in likelihood.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    fast = tiny_tokenizer()
    if chat:
        fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        bos_token_id=fast.bos_token_id,
        eos_token_id=fast.eos_token_id,
        initializer_range=spread,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
