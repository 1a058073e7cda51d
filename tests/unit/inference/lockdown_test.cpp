// The processor child shuts itself in once the models are loaded: from then on it may open no file and start
// no thread.

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <seccomp.h>
#include <unistd.h>

#include "inference/face_models.hpp"
#include "sample_photos.hpp"

namespace notify {
namespace {

constexpr int kInferenceFailed = 3;
constexpr int kNotLockedDown = 4;

/// Ends the process on any attempt, from any thread, to open a file, start a thread or speak to the network.
bool LockDown() {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool is_set = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    for (const int call :
         {SCMP_SYS(open),
          SCMP_SYS(openat),
          SCMP_SYS(openat2),
          SCMP_SYS(clone),
          SCMP_SYS(clone3),
          SCMP_SYS(fork),
          SCMP_SYS(vfork),
          SCMP_SYS(execve),
          SCMP_SYS(socket)}) {
        is_set = is_set && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
    }
    is_set = is_set && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_set;
}

[[noreturn]] void InferLockedDown() {
    auto models = LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {});
    const Photo photo = DecodeSample("obama.jpg", 640);
    if (!models || !LockDown()) {
        _exit(kNotLockedDown);
    }
    const auto faces = models->detector.Detect(photo.View());
    if (!faces || faces->size() != 1) {
        _exit(kInferenceFailed);
    }
    const FaceChip chip = CutFaceChip(photo.View(), faces->front().landmarks).value();
    const auto embeddings = models->embedder.NormalisedFlipAverage(std::vector<FaceChip>(5, chip));
    _exit(embeddings && embeddings->size() == 5 ? 0 : kInferenceFailed);
}

[[noreturn]] void OpenLockedDown() {
    if (!LockDown()) {
        _exit(kNotLockedDown);
    }
    _exit(open("/dev/null", O_RDONLY | O_CLOEXEC) < 0 ? 1 : 0);
}

TEST(LockdownDeathTest, InferenceNeedsNoFileAndNoNewThread) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(InferLockedDown(), testing::ExitedWithCode(0), "");
}

TEST(LockdownDeathTest, OpeningAFileWouldHaveBeenNoticed) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(OpenLockedDown(), testing::KilledBySignal(SIGSYS), "");
}

}  // namespace
}  // namespace notify
