"""A model of random weights and its tokenizer, made on the spot: for engines, without a network.

It is a Qwen2 of two layers that writes noise; the classes of a real one read it. Its template is
ChatML, if asked for with the thought opened in the prompt, as R1's template does.
"""

import json
from pathlib import Path

THINK_ROW = 0.35
"""Size of the output row of </think> beside 0.02 of the others: noise closes its thought often."""

_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if prefill | default(false) %}<think>\n{% endif %}{% endif %}"
)
_TEXT = [
    "What is the sum of two and three? First I restate the problem, then I try a small case.",
    "Let me check that again. It holds, so the answer is five. Wait, is that right? Yes, it is.",
    "A train leaves at noon and travels at sixty miles an hour; another leaves an hour later.",
    "0 1 2 3 4 5 6 7 8 9 10 12 20 30 42 100 = + - * / ( ) [ ] { } x y z a b c",
]


def tiny_model(folder: Path, *, stops: int = 1, context: int = 2048, thinks: bool = True) -> Path:
    """Write the model into the folder and return it.

    `stops`: how many of its thousand tokens end an answer; with 40, noise ends after about 25.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        show_progress=False,
    )
    plain.train_from_iterator(_TEXT, trainer)
    plain.add_tokens(["<think>", "</think>"])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    end, close = tokenizer.convert_tokens_to_ids(["<|im_end|>", "</think>"])

    torch.manual_seed(0)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=context,
            tie_word_embeddings=False,
            bos_token_id=None,
            eos_token_id=end,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    if thinks:
        with torch.no_grad():
            model.lm_head.weight[close].normal_(std=THINK_ROW)
    model.to(torch.bfloat16).save_pretrained(folder)
    # The last tokens of the vocabulary before the tags: words, none of which is in a prompt's form.
    ends = [end, *range(close - stops, close - 1)]
    told = {"eos_token_id": ends, "pad_token_id": tokenizer.pad_token_id}
    # What a model's authors advise must not reach a request: it would make the same text each time.
    (folder / "generation_config.json").write_text(json.dumps({**told, "top_k": 1}))
    return folder
