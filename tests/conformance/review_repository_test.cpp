// ReviewRepository, and that it reads no more than it is asked for.

#include "storage/review_repository.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"

namespace notify::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Reviews : public Conformance {
protected:
    /// Proposed for as many faces, which are tracks of the result that start at `first`.
    static Appearance Proposed(
        const Person& person, std::string id, double probability, int first, int faces
    ) {
        Appearance appearance;
        appearance.id = AppearanceId(std::move(id));
        appearance.person_id = person.id;
        appearance.certainty = Certainty::kPossible;
        appearance.probability = probability;
        appearance.end_ms = 50;
        for (int i = 0; i < faces; ++i) {
            appearance.tracks.push_back(TrackAt(first + i));
        }
        return appearance;
    }

    static TrackId TrackAt(int number) { return TrackId(fmt::format("trk_{:03}", number)); }

    /// Their link is their number.
    void AddTracks(const ResultId& result, int count) {
        std::vector<FaceTrack> tracks;
        for (int number = 1; number <= count; ++number) {
            FaceTrack track;
            track.id = TrackAt(number);
            track.result_id = result;
            track.number = number;
            track.link = number;
            tracks.push_back(std::move(track));
        }
        Write([&](Transaction& transaction) { return transaction.people.AddTracks(tracks); });
    }

    void Replace(const Item& item, const ResultId& result, const std::vector<Appearance>& appearances) {
        Write([&](Transaction& transaction) {
            return transaction.people.ReplaceAppearances(item.id, result, appearances);
        });
    }

    /// "Ada 0.5 x2 link 3", …
    std::vector<std::string> ProposalsIn(int limit) {
        std::vector<std::string> told;
        for (const auto& each :
             Read([&](const Snapshot& snapshot) { return snapshot.review.Proposals(limit); })) {
            told.push_back(
                fmt::format("{} {} x{} link {}", each.name, each.probability, each.faces, each.link)
            );
        }
        return told;
    }

    std::int64_t Count(int most) {
        return Read([&](const Snapshot& snapshot) { return snapshot.review.CountProposals(most); });
    }

    void Skip(const std::string& actor, const std::string& question, std::chrono::seconds lasts) {
        Write([&](Transaction& transaction) {
            return transaction.review.Put(
                {.actor = actor, .question = QuestionId(question), .until = Now() + lasts}, Now()
            );
        });
    }

    std::set<QuestionId> SkippedBy(const std::string& actor) {
        return Read([&](const Snapshot& snapshot) { return snapshot.review.SkippedBy(actor, Now()); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Reviews, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Reviews, HaveTheMostOpenProposalsOfMostFacesFirst) {
    const auto ada = AddPerson("Ada");
    const auto hidden = AddPerson("Bob");
    const auto item = AddItem(AddBucket(), "a.mp4");
    const auto result = AddResult("a").id;
    AddTracks(result, 9);
    auto said = Proposed(ada, "app_said", 0.5, 1, 1);
    said.by_user = true;
    auto sure = Proposed(ada, "app_sure", 0.5, 1, 1);
    sure.certainty = Certainty::kConfirmed;
    Replace(
        item,
        result,
        {said,
         sure,
         Proposed(hidden, "app_hidden", 0.5, 1, 1),
         Proposed(ada, "app_1", 0.95, 1, 1),
         Proposed(ada, "app_2", 0.5, 2, 1),
         Proposed(ada, "app_3", 0.8, 3, 2),
         Proposed(ada, "app_4", 0.5, 9, 1)}
    );
    Write([&](Transaction& transaction) {
        return testing::Make(transaction, EditOf(EditKind::kHide, hidden.id));
    });
    EXPECT_THAT(
        ProposalsIn(10),
        ElementsAre("Ada 0.8 x2 link 3", "Ada 0.5 x1 link 2", "Ada 0.5 x1 link 9", "Ada 0.95 x1 link 1")
    );
    EXPECT_THAT(ProposalsIn(1), ElementsAre("Ada 0.8 x2 link 3"));
    EXPECT_EQ(Count(10), 4);
    EXPECT_EQ(Count(3), 3);
    EXPECT_TRUE(Read([](const Snapshot& s) { return s.review.Proposals(1); }).at(0).result == result);
}

TEST_P(Reviews, RememberWhoSkippedWhatUntilThen) {
    Skip("key_1", "que_a", 60s);
    Skip("key_1", "que_b", 30s);
    Skip("key_2", "que_c", 30s);
    EXPECT_THAT(SkippedBy("key_1"), ElementsAre(QuestionId("que_a"), QuestionId("que_b")));
    Reopen();
    EXPECT_THAT(SkippedBy("key_2"), ElementsAre(QuestionId("que_c")));
    EXPECT_THAT(SkippedBy("key_3"), IsEmpty());
    clock_.Advance(30s);
    EXPECT_THAT(SkippedBy("key_1"), ElementsAre(QuestionId("que_a")));
    Skip("key_1", "que_a", 120s);
    clock_.Advance(60s);
    EXPECT_THAT(SkippedBy("key_1"), ElementsAre(QuestionId("que_a"))) << "the later one counts";
}

TEST_P(Reviews, FindEveryFaceThatIsSaidToBeSomebodysWhoeverWasMergedIntoThem) {
    auto found = EditOf(EditKind::kFound, PersonId("per_1"));
    found.tracks = {TrackAt(2), TrackAt(1)};
    auto other = EditOf(EditKind::kFound, PersonId("per_2"));
    other.tracks = {TrackAt(3)};
    auto apart = EditOf(EditKind::kFound, PersonId("per_3"));
    apart.tracks = {TrackAt(4)};
    auto merge = EditOf(EditKind::kMerge, PersonId("per_1"));
    merge.other = PersonId("per_2");
    Write([&](Transaction& transaction) {
        return MakeEdits(transaction, {found, other, apart, merge}).map([](const auto&) {});
    });
    for (const auto* person : {"per_1", "per_2"}) {
        EXPECT_THAT(
            Read([&](const Snapshot& s) { return s.people_edits.AnchorsSaidToBe(PersonId(person)); }),
            ElementsAre(TrackAt(1), TrackAt(2), TrackAt(3))
        );
    }
}

}  // namespace
}  // namespace notify::testing
