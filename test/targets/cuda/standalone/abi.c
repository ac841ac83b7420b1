// Walks through every function of eyrie.h in plain C, and prints what the test compares. The model
// has two rows, calls of eight tokens and a context of 32. An assertion that fails is printed and
// ends the program with 1.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "eyrie.h"

#define REQUIRE(claim)                                                               \
  do {                                                                               \
    if (!(claim)) {                                                                  \
      printf("line %d: %s; last error: %s\n", __LINE__, #claim, eyrie_last_error()); \
      exit(1);                                                                       \
    }                                                                                \
  } while (0)
#define WORKS(call) REQUIRE((call) == 0)
// The call fails, and says so with these words.
#define FAILS(call, words) \
  REQUIRE((call) == 1 && strstr(eyrie_last_error(), words) && !strchr(eyrie_last_error(), '\n'))

enum { rows = 2, vocabulary = 300 };

static const int32_t long_row[] = {1,   22, 133, 4,  255, 299, 0,  17, 18, 19,
                                   120, 21, 222, 23, 24,  125, 26, 27, 8,  9};
static const int32_t zeros[40];
static const int32_t short_row[] = {100, 50, 25};
static const int32_t *const both[rows] = {long_row, short_row};
static const int32_t lengths[rows] = {20, 3};

typedef uint64_t (*live_objects)(const char *kind);

// Objects of the driver that were not given back.
static uint64_t live(void) {
  void *library = dlopen(getenv("EYRIE_LIBCUDA"), RTLD_NOW);
  REQUIRE(library);
  union {
    void *symbol;
    live_objects call;
  } found;
  found.symbol = dlsym(library, "eyrie_stand_in_live");
  REQUIRE(found.symbol);
  return found.call("all");
}

static void print(const char *what, const int32_t *drawn, const float *logits) {
  for (int row = 0; row < rows; row++) {
    printf("%s %d %d", what, row, drawn[row]);
    for (int i = 0; logits && i < vocabulary; i++)
      printf(" %.9g", (double)logits[row * vocabulary + i]);
    printf("\n");
  }
}

static void refuse_null_pointers(eyrie_state *state) {
  eyrie_model *model = NULL;
  eyrie_state *made = NULL;
  FAILS(eyrie_create(NULL, 0, &model), "null pointer");
  FAILS(eyrie_create("x", 0, NULL), "null pointer");
  FAILS(eyrie_describe(NULL, NULL), "null pointer");
  FAILS(eyrie_device_count(NULL), "null pointer");
  FAILS(eyrie_state_new(NULL, &made), "null pointer");
  FAILS(eyrie_state_copy(NULL, &made), "null pointer");
  FAILS(eyrie_state_seen(state, 0, NULL), "null pointer");
  FAILS(eyrie_state_save(state, NULL, NULL), "null pointer");
  FAILS(eyrie_state_restore(NULL, "x", NULL, &made), "null pointer");
  FAILS(eyrie_prefill(state, NULL, lengths, NULL, NULL, NULL), "null pointer");
  FAILS(eyrie_prefill(NULL, both, lengths, NULL, NULL, NULL), "null pointer");
  FAILS(eyrie_decode(state, NULL, NULL, NULL, NULL), "null pointer");
  eyrie_destroy(NULL);
  eyrie_state_destroy(NULL);
}

static int32_t seen(const eyrie_state *state, int32_t row) {
  int32_t count = -1;
  WORKS(eyrie_state_seen(state, row, &count));
  return count;
}

// Mistakes in what is given leave the state as it was.
static void refuse_mistakes(eyrie_state *state) {
  const int32_t before = seen(state, 0);
  const int32_t wrong[] = {1, 300}, negative[] = {-1, 3}, *const strays[] = {wrong, short_row};
  const int32_t two[] = {2, 0}, none[] = {0, 0}, less[] = {-1, 0}, many[] = {0, 30};
  const int32_t *const far[] = {zeros, zeros}, *const absent[] = {NULL, short_row};
  const eyrie_sampling cold = {-1, 0, 0, 0, NULL}, sure = {1, 0, 2, 0, NULL};
  FAILS(eyrie_prefill(state, strays, two, NULL, NULL, NULL),
        "token 300 of row 0 is outside the vocabulary of 300");
  FAILS(eyrie_prefill(state, both, none, NULL, NULL, NULL), "every row is empty");
  FAILS(eyrie_prefill(state, both, less, NULL, NULL, NULL), "row 0 has -1 tokens");
  FAILS(eyrie_prefill(state, absent, two, NULL, NULL, NULL), "no place where they are");
  FAILS(eyrie_prefill(state, far, many, NULL, NULL, NULL), "row 1 would hold 33 tokens");
  FAILS(eyrie_prefill(state, both, two, &cold, NULL, NULL), "temperature is -1");
  FAILS(eyrie_prefill(state, both, two, &sure, NULL, NULL), "top_p is 2");
  FAILS(eyrie_decode(state, wrong + 1, NULL, NULL, NULL), "token 300");
  FAILS(eyrie_decode(state, (const int32_t[]){-2, 1}, NULL, NULL, NULL),
        "token -2 of row 0 is no token");
  FAILS(eyrie_decode(state, (const int32_t[]){-1, -1}, NULL, NULL, NULL), "every row is empty");
  FAILS(eyrie_state_seen(state, 2, (int32_t[1]){0}), "there is no row 2");
  REQUIRE(seen(state, 0) == before && negative[0] == -1);
}

// Every allocation fails once; each time all that was made before is given back. Another model
// keeps the context, which would take everything with it.
static void fail_at_each_allocation(const char *weights) {
  eyrie_model *keeper = NULL;
  WORKS(eyrie_create(weights, 0, &keeper));
  const uint64_t before = live();
  int failures = 0;
  for (;; failures++) {
    char plan[64];
    snprintf(plan, sizeof plan, "cuMemAlloc_v2:%d:2", failures + 1);
    setenv("EYRIE_STAND_IN_FAIL", plan, 1);
    eyrie_model *model = NULL;
    eyrie_state *state = NULL;
    const int code = eyrie_create(weights, 0, &model) || eyrie_state_new(model, &state);
    if (code) REQUIRE(strstr(eyrie_last_error(), "the device has no room for"));
    eyrie_state_destroy(state);
    eyrie_destroy(model);
    REQUIRE(live() == before);
    if (!code) break;
  }
  unsetenv("EYRIE_STAND_IN_FAIL");
  REQUIRE(failures > 20);
  eyrie_destroy(keeper);
}

// Each call of the driver fails once with "unknown error".
static void fail_at_each_call(const char *weights) {
  static const char *const calls[] = {"cuInit",
                                      "cuDeviceGetCount",
                                      "cuDeviceGet",
                                      "cuDeviceGetName",
                                      "cuDeviceGetAttribute",
                                      "cuDevicePrimaryCtxRetain",
                                      "cuCtxSetCurrent",
                                      "cuStreamCreate",
                                      "cuModuleLoadData",
                                      "cuModuleGetFunction",
                                      "cuMemHostAlloc",
                                      "cuMemcpyHtoDAsync_v2",
                                      "cuMemsetD8Async",
                                      "cuStreamSynchronize",
                                      "cuLaunchKernel",
                                      "cuStreamBeginCapture_v2",
                                      "cuStreamEndCapture",
                                      "cuGraphInstantiateWithFlags",
                                      "cuGraphLaunch",
                                      "cuMemcpyDtoHAsync_v2",
                                      "cuMemcpyDtoDAsync_v2"};
  eyrie_model *keeper = NULL;
  WORKS(eyrie_create(weights, 0, &keeper));
  const uint64_t before = live();
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    char plan[64];
    snprintf(plan, sizeof plan, "%s:1:999", calls[i]);
    setenv("EYRIE_STAND_IN_FAIL", plan, 1);
    eyrie_model *model = NULL;
    eyrie_state *state = NULL;
    int32_t drawn[rows];
    const int code = eyrie_create(weights, 0, &model) || eyrie_state_new(model, &state) ||
                     eyrie_prefill(state, both, lengths, NULL, drawn, NULL) ||
                     eyrie_decode(state, drawn, NULL, drawn, NULL);
    if (!code || !strstr(eyrie_last_error(), "CUDA_ERROR_UNKNOWN")) printf("%s: ", calls[i]);
    REQUIRE(code && strstr(eyrie_last_error(), "CUDA_ERROR_UNKNOWN"));
    eyrie_destroy(model);
    eyrie_state_destroy(state);
    if (live() != before) printf("%s: ", calls[i]);
    REQUIRE(live() == before);
  }
  unsetenv("EYRIE_STAND_IN_FAIL");
  eyrie_destroy(keeper);
}

int main(int count, char **words) {
  REQUIRE(count == 3);
  const char *weights = words[1], *file = words[2];
  eyrie_info info;
  WORKS(eyrie_describe(NULL, &info));
  REQUIRE(info.batch == rows && info.chunk == 8 && info.vocabulary == vocabulary &&
          info.context == 32 && !info.device);
  int32_t devices = 0;
  WORKS(eyrie_device_count(&devices));
  REQUIRE(devices == 1);

  // A second model keeps the context, so that what is left over is seen.
  eyrie_model *model = NULL, *keeper = NULL;
  eyrie_state *state = NULL, *copy = NULL, *restored = NULL;
  WORKS(eyrie_create(weights, 0, &keeper));
  const uint64_t before = live();
  WORKS(eyrie_create(weights, 0, &model));
  WORKS(eyrie_describe(model, &info));
  printf("names %s\n", info.names);
  REQUIRE(info.device && strcmp(info.image, "PTX") == 0 && info.weight_bytes > 0 &&
          info.work_bytes > 0);
  WORKS(eyrie_state_new(model, &state));
  refuse_null_pointers(state);

  int32_t drawn[rows], other[rows];
  float logits[rows * vocabulary], others[rows * vocabulary];
  WORKS(eyrie_prefill(state, both, lengths, NULL, drawn, logits));
  print("prefill", drawn, logits);
  REQUIRE(seen(state, 0) == 20 && seen(state, 1) == 3);
  refuse_mistakes(state);

  // A copy goes its own way, from the same place.
  WORKS(eyrie_state_copy(state, &copy));
  WORKS(eyrie_state_save(state, (const int32_t[]){drawn[0], -1}, file));
  const uint32_t seeds[] = {5, 6};
  const eyrie_sampling sampling = {0.8f, 50, 0.95f, 0, seeds};
  WORKS(eyrie_decode(state, drawn, &sampling, other, logits));
  print("decode", other, logits);
  WORKS(eyrie_state_restore(model, file, other, &restored));
  REQUIRE(other[0] == drawn[0] && other[1] == -1);
  WORKS(eyrie_decode(restored, drawn, NULL, NULL, others));
  REQUIRE(memcmp(logits, others, sizeof logits) == 0);
  eyrie_state_destroy(state);
  WORKS(eyrie_decode(copy, drawn, NULL, NULL, others));
  REQUIRE(memcmp(logits, others, sizeof logits) == 0);

  // A row that is left out stays as it is, and so do its numbers.
  memcpy(other, (const int32_t[]){-7, -7}, sizeof other);
  WORKS(eyrie_decode(copy, (const int32_t[]){9, -1}, NULL, other, NULL));
  REQUIRE(other[1] == -7 && seen(copy, 0) == 22 && seen(copy, 1) == 4);
  WORKS(eyrie_decode(copy, (const int32_t[]){-1, 11}, NULL, other, others));
  print("later", other, NULL);

  // States outlive their model's handle.
  eyrie_destroy(model);
  WORKS(eyrie_decode(restored, (const int32_t[]){9, 11}, NULL, other, logits));
  REQUIRE(memcmp(others + vocabulary, logits + vocabulary, sizeof others / 2) == 0);
  REQUIRE(live() > before);
  eyrie_state_destroy(copy);
  eyrie_state_destroy(restored);
  REQUIRE(live() == before);
  eyrie_destroy(keeper);
  REQUIRE(live() == 0);

  fail_at_each_allocation(weights);
  fail_at_each_call(weights);
  printf("done\n");
  return 0;
}
