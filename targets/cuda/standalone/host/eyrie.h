// Runs a compiled language model on a CUDA device. Plain C; nothing is thrown and nothing exits.
//
// A model is made from a file of weights. A state is what its rows of tokens have seen so far.
// Every function that can fail gives 0 where it went well, and 1 otherwise; eyrie_last_error() then
// says why, in one sentence. A call that finds a mistake in what it was given has done nothing. A
// null pointer in place of a required one is such a mistake.
//
// Calls that use one model wait for one another; different models may be used by different threads
// at once.
#ifndef EYRIE_H
#define EYRIE_H

#include <stdint.h>

#if defined(__GNUC__)
#define EYRIE_API __attribute__((visibility("default")))
#else
#define EYRIE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eyrie_model eyrie_model;
typedef struct eyrie_state eyrie_state;

typedef struct {
  // The model's name, and the settings that it was compiled with, as text.
  const char *name;
  const char *settings;
  // Rows of tokens that run side by side, and tokens of a row that one call of the device takes.
  int32_t batch;
  int32_t chunk;
  // Tokens are 0 … vocabulary − 1; logits have as many numbers.
  int32_t vocabulary;
  // Most tokens of a row; 0 where nothing limits it.
  int64_t context;
  // The device, and what runs on it: "sm_90", or "PTX", which the driver compiled.
  const char *device;
  const char *image;
  // How the file names the parameters: "own", or the name of a table.
  const char *names;
  // Bytes on the device: of the weights, of one state, and of everything else.
  uint64_t weight_bytes;
  uint64_t state_bytes;
  uint64_t work_bytes;
} eyrie_info;

// How a token is drawn. All zero, or a null pointer: the most likely token.
typedef struct {
  float temperature;  // 0: the most likely token
  uint32_t top_k;     // keep the k most likely tokens; 0 keeps all
  float top_p;  // keep the most likely tokens that together hold this probability; 0 or 1 keeps all
  uint32_t seed;          // row r draws with seed + r
  const uint32_t *seeds;  // or one for each row; null: `seed` is used
} eyrie_sampling;

// Why this thread's last call failed; it stays until the thread's next failure.
EYRIE_API const char *eyrie_last_error(void);

// Devices that the driver sees.
EYRIE_API int eyrie_device_count(int32_t *count);

// A model with the weights of a .safetensors file, or of a folder or an index that joins several,
// on the device of that number.
EYRIE_API int eyrie_create(const char *weights, int32_t device, eyrie_model **model);
// States of the model stay usable; the device's memory is given back with the last of them.
EYRIE_API void eyrie_destroy(eyrie_model *model);
// What was compiled and where it runs; texts live as long as the model. Without a model: what was
// compiled alone, and nothing of a device.
EYRIE_API int eyrie_describe(const eyrie_model *model, eyrie_info *info);

// A state that has seen nothing.
EYRIE_API int eyrie_state_new(eyrie_model *model, eyrie_state **state);
EYRIE_API int eyrie_state_copy(const eyrie_state *state, eyrie_state **copy);
EYRIE_API void eyrie_state_destroy(eyrie_state *state);
// Tokens that a row has seen.
EYRIE_API int eyrie_state_seen(const eyrie_state *state, int32_t row, int32_t *seen);

// Writes a state to a file, or reads one. `unfed`, which may be null, has a token for each row that
// was drawn but not fed yet, −1 where there is none: it is kept beside the state. The files are
// those of `eyrie run --save-state`.
EYRIE_API int eyrie_state_save(const eyrie_state *state, const int32_t *unfed, const char *path);
EYRIE_API int eyrie_state_restore(eyrie_model *model, const char *path, int32_t *unfed,
                                  eyrie_state **state);

// Feeds tokens[row][0 … lengths[row] − 1] to each row; a row of length 0 stays as it is. What is
// wanted of each row's last token is written where the pointer is not null: `drawn` has [batch]
// tokens, `logits` [batch, vocabulary] numbers; those of a row of length 0 are left alone.
EYRIE_API int eyrie_prefill(eyrie_state *state, const int32_t *const *tokens,
                            const int32_t *lengths, const eyrie_sampling *sampling, int32_t *drawn,
                            float *logits);
// The same with one token a row; −1 leaves the row as it is. `tokens` and `drawn` may be one place.
EYRIE_API int eyrie_decode(eyrie_state *state, const int32_t *tokens,
                           const eyrie_sampling *sampling, int32_t *drawn, float *logits);

#ifdef __cplusplus
}
#endif

#endif
