#include "people/indexed_faces.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/face_index.hpp"
#include "unit/people/crowd.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

/// A database of faces: what was committed stays, whatever becomes of its readers.
class FaceLog final : public FaceIndexFeed {
public:
    void Put(std::uint64_t key, const Embedding& embedding) { Commit(key, embedding); }

    void Remove(std::uint64_t key) { Commit(key, std::nullopt); }

    /// The next `count` questions are not answered.
    void FailNext(int count) { failures_ = count; }

    /// Keeps the last `count` changes only.
    void Forget(std::size_t count) {
        const std::scoped_lock lock(mutex_);
        changes_.erase(
            changes_.begin(), changes_.end() - static_cast<std::ptrdiff_t>(std::min(count, changes_.size()))
        );
    }

    /// As after a restore of an older state.
    void Restore(const KnownFaces& faces, std::int64_t sequence) {
        const std::scoped_lock lock(mutex_);
        faces_ = faces;
        sequence_ = sequence;
        changes_.clear();
    }

    [[nodiscard]] KnownFaces Faces() const {
        const std::scoped_lock lock(mutex_);
        return faces_;
    }

    [[nodiscard]] int Readings() const { return readings_; }

    [[nodiscard]] Result<std::int64_t> LastSequence() const override {
        if (Fails()) {
            return Away();
        }
        const std::scoped_lock lock(mutex_);
        return sequence_;
    }

    [[nodiscard]] Result<std::int64_t> ReadAll(
        const std::function<void(std::span<const StoredFace>)>& take
    ) const override {
        ++readings_;
        const std::scoped_lock lock(mutex_);
        for (const auto& [key, embedding] : faces_) {
            const StoredFace face{.key = key, .embedding = embedding};
            take({&face, 1});
        }
        return Fails() ? Result<std::int64_t>(Away()) : sequence_;
    }

    [[nodiscard]] Result<std::vector<FaceChange>> ReadAfter(std::int64_t sequence) const override {
        if (Fails()) {
            return Away();
        }
        const std::scoped_lock lock(mutex_);
        if (sequence < sequence_ - static_cast<std::int64_t>(changes_.size())) {
            return Fail(ErrorCode::kNotFound, "not kept");
        }
        std::vector<FaceChange> after;
        for (const auto& change : changes_) {
            if (change.sequence > sequence && after.size() < 7) {
                after.push_back(change);
            }
        }
        return after;
    }

private:
    static Unexpected Away() { return Fail(ErrorCode::kUnavailable, "the database is away"); }

    bool Fails() const { return failures_ > 0 && failures_-- > 0; }

    void Commit(std::uint64_t key, const std::optional<Embedding>& embedding) {
        const std::scoped_lock lock(mutex_);
        changes_.push_back({.sequence = ++sequence_, .key = key, .embedding = embedding});
        faces_.erase(key);
        if (embedding) {
            faces_.emplace(key, *embedding);
        }
    }

    mutable std::mutex mutex_;
    mutable std::atomic<int> failures_ = 0;
    mutable std::atomic<int> readings_ = 0;
    KnownFaces faces_;
    std::vector<FaceChange> changes_;
    std::int64_t sequence_ = 0;
};

void ExpectCurrent(IndexedFaces& faces, const FaceLog& log, const Embedding& asked) {
    const auto all = NearestOf(log.Faces(), asked, 2);
    EXPECT_EQ(faces.Nearest(asked, all.size() + 1).value(), all);
    EXPECT_EQ(faces.CountWithin(asked, 0.5).value(), NearestOf(log.Faces(), asked, 0.5).size());
}

TEST(IndexedFaces, AreThoseOfTheDatabaseAfterRandomChangesKillsAndFaults) {
    Crowd crowd(21, Crowd::Kind::kPeople);
    FaceLog log;
    auto faces = std::make_unique<IndexedFaces>(log);
    for (int round = 0; round < 300; ++round) {
        for (std::uint64_t change = crowd.Random(20); change > 0; --change) {
            const std::uint64_t key = crowd.Random(200);
            if (crowd.Random(3) == 0) {
                log.Remove(key);
            } else {
                log.Put(key, crowd.Face());
            }
        }
        switch (crowd.Random(6)) {
            case 0:  // killed: nothing of it is left but the database
                faces = std::make_unique<IndexedFaces>(log);
                break;
            case 1:  // away at the first, second or third question
                log.FailNext(1);
                EXPECT_EQ(faces->Nearest(crowd.Asked(), 1).error().code, ErrorCode::kUnavailable);
                break;
            case 2:
                log.Forget(crowd.Random(10));
                break;
            default:
                break;
        }
        ExpectCurrent(*faces, log, crowd.Asked());
    }
}

TEST(IndexedFaces, AreReadOnceAndThenOnlyWhatIsNew) {
    FaceLog log;
    log.Put(1, FaceOf(1));
    IndexedFaces faces(log);
    for (std::size_t who = 2; who < 40; ++who) {
        log.Put(who, FaceOf(who));
        ExpectCurrent(faces, log, FaceOf(who));
    }
    EXPECT_EQ(log.Readings(), 1);
}

TEST(IndexedFaces, AreReadAgainWhenAnOlderStateCameBackOrChangesAreNotKept) {
    FaceLog log;
    log.Put(1, FaceOf(1));
    const auto before = log.Faces();
    IndexedFaces faces(log);
    log.Put(2, FaceOf(2));
    ExpectCurrent(faces, log, FaceOf(2));
    log.Restore(before, 1);
    ExpectCurrent(faces, log, FaceOf(2));
    EXPECT_EQ(log.Readings(), 2);
    log.Put(3, FaceOf(3));
    log.Put(4, FaceOf(4));
    log.Forget(1);
    ExpectCurrent(faces, log, FaceOf(3));
    EXPECT_EQ(log.Readings(), 3);
}

TEST(IndexedFaces, AreNotHalfReadWhenTheDatabaseGoesAwayWhileTheyAreRead) {
    FaceLog log;
    log.Put(1, FaceOf(1));
    IndexedFaces faces(log);
    ExpectCurrent(faces, log, FaceOf(1));
    log.Put(2, FaceOf(2));
    log.Put(3, FaceOf(3));
    log.Forget(1);
    log.FailNext(1);
    EXPECT_FALSE(faces.CountWithin(FaceOf(1), 1));
    ExpectCurrent(faces, log, FaceOf(1));
}

TEST(IndexedFaces, LeaveOutWhatIsNoEmbedding) {
    FaceLog log;
    auto holed = FaceOf(1);
    holed[3] = std::numeric_limits<float>::quiet_NaN();
    log.Put(1, holed);
    log.Put(2, FaceOf(2));
    IndexedFaces faces(log);
    EXPECT_EQ(faces.CountWithin(FaceOf(2), 2).value(), 1);
    EXPECT_EQ(faces.LeftOut(), 1);
    log.Put(2, Embedding{});
    EXPECT_EQ(faces.CountWithin(FaceOf(2), 2).value(), 0);
    EXPECT_EQ(faces.LeftOut(), 2);
}

TEST(IndexedFaces, ShowASearchWhatWasCommittedBeforeItWhileManySearch) {
    constexpr std::size_t kFaces = 100;
    FaceLog log;
    IndexedFaces faces(log);
    std::atomic<bool> done = false;
    std::vector<std::jthread> readers;
    std::atomic<int> wrong = 0;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!done) {
                const std::size_t before = log.Faces().size();
                wrong += faces.CountWithin(FaceOf(0), 2).value() < before ? 1 : 0;
            }
        });
    }
    for (std::size_t who = 0; who < kFaces; ++who) {
        log.Put(who, FaceOf(who));
        EXPECT_EQ(faces.Nearest(FaceOf(who), 1).value().front().key, who);
    }
    done = true;
    readers.clear();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace notify::testing
