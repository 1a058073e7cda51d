#include "people/keeping_unnamed.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "storage/result_repository.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Knows of no bucket, and counts who asks.
class AskedResults final : public ResultRepository {
public:
    mutable int asked = 0;

    [[nodiscard]] Result<std::vector<BucketId>> BucketsWith(const ResultId& /*id*/) const override {
        ++asked;
        return std::vector<BucketId>();
    }

    Result<ResultId> AddOrGet(const StoredResult& /*result*/) override { return None(); }

    Result<std::vector<ResultId>> AddOrGetAll(const std::vector<StoredResult>& /*results*/) override {
        return None();
    }

    [[nodiscard]] Result<StoredResult> Get(const ResultId& /*id*/) const override { return None(); }

    [[nodiscard]] Result<std::optional<StoredResult>> FindByLineage(
        std::string_view /*lineage_key*/
    ) const override {
        return None();
    }

    Result<int> ForgetUnused(const std::vector<ResultId>& /*ids*/) override { return None(); }

    Result<void> SetArtifacts(
        const ResultId& /*id*/, const std::vector<ArtifactRef>& /*artifacts*/
    ) override {
        return None();
    }

    Result<void> RemoveArtifactRow(std::string_view /*sha256*/) override { return None(); }

    Result<void> PutArtifactRow(std::string_view /*sha256*/, std::string_view /*bytes*/) override {
        return None();
    }

    [[nodiscard]] Result<std::optional<std::string>> ArtifactRow(
        std::string_view /*sha256*/
    ) const override {
        return None();
    }

    [[nodiscard]] Result<bool> IsReferenced(std::string_view /*sha256*/) const override { return None(); }

    [[nodiscard]] Result<std::vector<std::string>> OrphanRows(int /*limit*/) const override { return None(); }

    Result<void> ForgetReleased() override { return None(); }

    Result<int> RemoveOrphanRows(const std::vector<std::string>& /*found*/) override { return None(); }

private:
    static Unexpected None() { return Fail(ErrorCode::kInternal, "nothing is here"); }
};

class Keeping : public PeopleTest {
protected:
    /// Which of these are due where unnamed faces are kept for 30 days.
    std::vector<TrackId> Due(const std::vector<AgedFace>& faces) {
        return Read([&](const Snapshot& snapshot) {
            return KeepingUnnamed::Read(snapshot, std::chrono::days(30))
                .and_then([&](const KeepingUnnamed& keeping) {
                    return keeping.Due(With(snapshot), faces, clock_.Now());
                });
        });
    }

    [[nodiscard]] AgedFace Face(const std::string& name, int days) const {
        return {
            .track = TrackId("trk_" + name),
            .result = ResultId("res_" + name),
            .stored_at = clock_.Now() - std::chrono::days(days)
        };
    }

    AskedResults results_;

private:
    [[nodiscard]] Snapshot With(const Snapshot& from) const {
        return {
            .sources = from.sources,
            .buckets = from.buckets,
            .backlog = from.backlog,
            .rules = from.rules,
            .items = from.items,
            .scans = from.scans,
            .processes = from.processes,
            .results = results_,
            .people = from.people,
            .people_edits = from.people_edits,
            .faces = from.faces,
            .erasures = from.erasures,
            .events = from.events,
            .deliveries = from.deliveries,
            .news = from.news,
            .dead_messages = from.dead_messages,
            .keys = from.keys,
            .nodes = from.nodes,
            .pauses = from.pauses,
            .review = from.review
        };
    }
};

TEST_F(Keeping, AsksForNoBucketOfAFaceThatIsTooYoungForAny) {
    EXPECT_THAT(Due({Face("a", 1), Face("b", 30)}), IsEmpty());
    EXPECT_EQ(results_.asked, 0);
}

TEST_F(Keeping, AsksOnceForEachResultThatMayBeDue) {
    auto second = Face("a", 40);
    second.track = TrackId("trk_another");
    EXPECT_THAT(
        Due({Face("a", 31), second, Face("b", 29)}), ElementsAre(TrackId("trk_a"), TrackId("trk_another"))
    );
    EXPECT_EQ(results_.asked, 1);
}

}  // namespace
}  // namespace notify::testing
