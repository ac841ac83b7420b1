/** What the language cannot say, why, and what to write instead: a table for messages and for the documentation to quote. */

/** One thing that cannot be said, and the names and settings by which people ask for it. */
export type Refusal = {
  readonly what: string;
  readonly why: string;
  readonly instead: string;
  readonly names: readonly string[];
};

export const refusals: readonly Refusal[] = [
  {
    what: "a recurrence that is not linear in its state",
    why: "a scan runs over all tokens at once only because each step is `decay * before + input`",
    instead:
      "compute gates from the tokens and write `scan(a, (1 - a) * x)`; `shift(x)` gives the token before",
    names: ["lstm", "gru", "rnn", "lstm_cell", "gru_cell", "rnn_cell", "slstm", "recurrence"],
  },
  {
    what: "attention that sees later tokens",
    why: "a model is fed token by token and gives the same however a text is cut",
    instead: "leave it out: `attend(q, k, v)` sees the tokens so far, `window: n` the last ones",
    names: ["causal", "is_causal", "mask", "attn_mask", "attention_mask", "bidirectional"],
  },
  {
    what: "a sum, mean or softmax over all tokens",
    why: "later tokens are not known yet when a token is computed",
    instead: "sum over the tokens so far: `scan(1, x)`, or the block `running_mean`",
    names: ["global_average_pool", "global_avg_pool", "adaptive_avg_pool", "pooling", "pool"],
  },
  {
    what: "a convolution over more than the line of tokens",
    why: "tokens stand in one line, and `conv1d` slides along it",
    instead:
      "cut pictures into patches and give them as an input: `image: [B, T, P]`, then `project`",
    names: ["conv2d", "conv3d", "max_pool", "max_pool2d", "avg_pool", "unfold"],
  },
  {
    what: "a choice of what to compute by the values of tensors (routing, top-k, sorting)",
    why: "which operations run, and on what shapes, is known before any token is",
    instead: "weigh all choices: `softmax(scores, over: E)`, then `contract` over `E`",
    names: [
      ...["topk", "argmax", "argmin", "argsort", "sort", "nonzero", "scatter", "where_index"],
      ...["moe", "mixture_of_experts", "router", "route"],
    ],
  },
  {
    what: "anything random, dropout included",
    why: "a model gives the same for the same tokens; only parameters start at random",
    instead:
      "leave it out; parameters start with `normal(variance)` or `uniform(least, most)`, and the draw of the next token is `eyrie run --temperature`",
    names: [
      ...["dropout", "drop_path", "rand", "randn", "random", "bernoulli", "multinomial"],
      ...["categorical", "gumbel", "noise"],
    ],
  },
  {
    what: "complex numbers",
    why: "elements are real numbers, whole numbers or flags",
    instead: "keep real and imaginary parts as two tensors; `rotary` turns pairs of them",
    names: ["complex", "real", "imag", "polar", "angle", "conj", "fft", "ifft", "rfft", "irfft"],
  },
  {
    what: "a loop over a count that is not known while compiling",
    why: "a model is one graph, written out before any token is read",
    instead:
      "repeat a block with `stack(x, n, pattern)`, or let it call itself under a static `if`",
    names: ["for", "while", "loop", "range", "fori_loop", "while_loop", "map", "vmap", "reduce"],
  },
  {
    what: "a state that is multiplied by a matrix at each token",
    why: "a scan decays every element of its state by itself",
    instead:
      "write the state as `scan(decay, outer(k, v))`, with one decay for each element or row",
    names: [
      ...[
        "delta_rule",
        "delta_net",
        "matrix_power",
        "expm",
        "matrix_exp",
        "inverse",
        "inv",
        "solve",
      ],
      ...["cholesky", "svd", "eig", "det", "associative_scan"],
    ],
  },
  {
    what: "statistics of a batch",
    why: "the rows of a batch are texts of their own and never meet",
    instead: "normalise each token: `rms_norm(x)` or `layer_norm(x)`",
    names: ["batch_norm", "batch_norm1d", "sync_batch_norm", "instance_norm"],
  },
  {
    what: "training (a loss, gradients, an optimizer)",
    why: "a model says what is computed from its parameters, not how they are found",
    instead: "end the model with its outputs; `eyrie perplexity` measures a trained one",
    names: [
      ...["cross_entropy", "cross_entropy_loss", "nll_loss", "loss", "backward", "grad", "detach"],
      ...["stop_gradient", "checkpoint", "no_grad", "optimizer"],
    ],
  },
];

/** One spelling for a name, however it is written: `BatchNorm`, `batch_norm` and `batchnorm` are one. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll("_", "");

const byName = new Map(
  refusals.flatMap((refusal) => refusal.names.map((name) => [plainName(name), refusal] as const)),
);

/** What a name asks for, where the language cannot say it. */
export const refusalOf = (name: string): Refusal | null => byName.get(plainName(name)) ?? null;
