#include "people/review.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/person_edits.hpp"
#include "people/unknown_people.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);

class ReviewTest : public PeopleTest {
protected:
    /// A face that is near enough to Ada to be proposed: once from each of these starts.
    static FaceResult MaybeAda(double distance, const std::vector<std::int64_t>& starts) {
        std::vector<SeenFace> tracks;
        for (const auto start : starts) {
            const int number = static_cast<int>(tracks.size()) + 1;
            tracks.push_back(
                {.track = number,
                 .link = 1,
                 .start_ms = start,
                 .end_ms = start + 900,
                 .shots = {FaceAt(kAda, distance, 90)}}
            );
        }
        return MakeFaceResult(tracks);
    }

    void AddAda() { AddPerson("Ada", {kAda, kAda, kAda}); }

    /// Who was found in as many items.
    PersonId AddUnknown(std::size_t who, int items) {
        ItemId item;
        for (int i = 0; i < items; ++i) {
            item = Analyse(
                fmt::format("{} of {}", i, who),
                MakeFaceResult({{.end_ms = 1800, .shots = {FaceAt(FaceOf(who), 0.2, 90)}}})
            );
        }
        ValueOf(unknown_.Group({}));
        ValueOf(relabelling_->Relabel({}));
        return AppearancesIn(item).at(0).person_id;
    }

    PeopleEdit Edit(const PeopleEdit& edit) {
        auto made = Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
        ValueOf(relabelling_->Relabel({}));
        return made;
    }

    OpenReview Open(const std::string& actor = "key_1", std::size_t limit = 100) {
        return Read([&](const Snapshot& snapshot) {
            return ReadGalleries(snapshot).and_then([&](const Galleries& galleries) {
                return OpenQuestions(snapshot, galleries, {.actor = actor, .now = clock_.Now()}, limit);
            });
        });
    }

    /// "Ada x2", "? x3", … in the order in which they are asked.
    std::vector<std::string> Asked(const std::string& actor = "key_1", std::size_t limit = 100) {
        std::vector<std::string> asked;
        for (const auto& question : Open(actor, limit).questions) {
            asked.push_back(
                fmt::format("{} x{}", question.name.empty() ? "?" : question.name, question.faces)
            );
        }
        return asked;
    }

    Result<Skip> SkipIt(const QuestionId& id, const std::string& actor = "key_1") {
        return SkipQuestion(*storage_, id, {.actor = actor, .now = clock_.Now()});
    }

    UnknownPeople unknown_{*storage_, clock_, *faces_};
};

TEST_F(ReviewTest, AsksFirstWhatTellsMost) {
    AddAda();
    Analyse("two.mp4", MaybeAda(0.35, {0, 9'000}));
    const auto one = Analyse("one.mp4", MaybeAda(0.35, {0}));
    const auto unknown = AddUnknown(5, 3);
    const auto open = Open();
    EXPECT_THAT(Asked(), ElementsAre("? x3", "Ada x2", "Ada x1"));
    EXPECT_EQ(open.proposals, 3);
    EXPECT_EQ(open.unknown, 1);
    EXPECT_EQ(open.skipped, 0);
    ASSERT_THAT(open.questions, SizeIs(3));
    EXPECT_EQ(open.questions[0].person, unknown);
    EXPECT_EQ(open.questions[0].gain_bits, 3);
    EXPECT_THAT(open.questions[0].settles, IsEmpty()) << "the answer names the person";
    EXPECT_THAT(open.questions[0].appearances, SizeIs(3));
    const auto appearance = AppearancesIn(one).at(0);
    const double p = appearance.probability;
    EXPECT_DOUBLE_EQ(open.questions[2].gain_bits, -p * std::log2(p) - (1 - p) * std::log2(1 - p));
    EXPECT_THAT(open.questions[2].settles, ElementsAre(appearance.id));
    EXPECT_DOUBLE_EQ(open.questions[1].gain_bits, 2 * open.questions[2].gain_bits);
    EXPECT_EQ(open.questions[2].candidates.at(0).name, "Ada");
    EXPECT_THAT(Asked("key_1", 1), ElementsAre("? x3"));
}

TEST_F(ReviewTest, AsksWhatComesBehindManyThatWereSkipped) {
    AddAda();
    std::vector<std::int64_t> starts;
    for (std::int64_t i = 0; i < 2'001; ++i) {
        starts.push_back(i * 9'000);
    }
    Analyse("long.mp4", MaybeAda(0.35, starts));
    const auto last = Analyse("last.mp4", MaybeAda(0.35, {0}));
    const auto open = Open();
    EXPECT_EQ(open.proposals, 2'002);
    SkipIt(open.questions.at(0).id);
    const auto others = Open();
    ASSERT_THAT(others.questions, SizeIs(1));
    EXPECT_THAT(others.questions[0].settles, ElementsAre(AppearancesIn(last).at(0).id));
}

TEST_F(ReviewTest, AsksOfEachResultOfAnItemByItself) {
    AddAda();
    const auto item = Analyse("a.mp4", MaybeAda(0.35, {0, 9'000}));
    Add(ClaimMore(item, R"({"fps":1})", 1, RuleId("rul_2")), MaybeAda(0.35, {18'000}));
    Commit();
    ASSERT_THAT(AppearancesIn(item), SizeIs(3));
    const auto open = Open();
    ASSERT_THAT(open.questions, SizeIs(2));
    EXPECT_THAT(open.questions[0].settles, SizeIs(2));
    EXPECT_THAT(open.questions[1].settles, SizeIs(1)) << "one link of each, which are two faces";
}

TEST_F(ReviewTest, IsOneQuestionForAFaceAndSeveralForSeveralFaces) {
    AddAda();
    const auto item = Analyse("a.mp4", MaybeAda(0.35, {0, 9'000, 18'000}));
    ASSERT_THAT(AppearancesIn(item), SizeIs(3));
    auto apart = MakeFaceResult(
        {{.track = 1, .link = 1, .end_ms = 900, .shots = {FaceAt(kAda, 0.35, 90)}},
         {.track = 2, .link = 2, .start_ms = 9'000, .end_ms = 9'900, .shots = {FaceAt(kAda, 0.35, 91)}}}
    );
    Analyse("b.mp4", apart);
    EXPECT_THAT(Asked(), ElementsAre("Ada x3", "Ada x1", "Ada x1"));
    const auto question = Open().questions.at(0);
    auto reject = EditOf(EditKind::kReject, question.person);
    reject.tracks = Read([&](const Snapshot& s) { return s.people_edits.AnchorsIn(question.settles); });
    Edit(reject);
    EXPECT_THAT(AppearancesIn(item), IsEmpty());
    EXPECT_THAT(Asked(), ElementsAre("Ada x1", "Ada x1"));
}

TEST_F(ReviewTest, TellsOfMoreThanFiveAppearancesWhatAnAnswerSettles) {
    AddAda();
    const auto item = Analyse("a.mp4", MaybeAda(0.35, {0, 9'000, 18'000, 27'000, 36'000, 45'000, 54'000}));
    const auto question = Open().questions.at(0);
    EXPECT_EQ(question.faces, 7);
    EXPECT_THAT(question.settles, SizeIs(7));
    EXPECT_THAT(question.appearances, SizeIs(5));
    EXPECT_EQ(AppearancesIn(item).at(6).id, question.settles.at(6));
}

TEST_F(ReviewTest, SettlesAllFacesOfSomebodyWithoutANameByOneEdit) {
    const auto unknown = AddUnknown(5, 7);
    ASSERT_EQ(Open().questions.at(0).faces, 7);
    ASSERT_THAT(Open().questions.at(0).appearances, SizeIs(5));
    const auto anchors = [&](const std::string& who) {
        return storage_->Write([&](Transaction& transaction) { return AnchorsOfUnnamed(transaction, who); });
    };
    auto nobody = EditOf(EditKind::kUnknown, {});
    nobody.tracks = anchors(unknown.Value()).value();
    const auto edit = Edit(nobody);
    EXPECT_THAT(Asked(), IsEmpty());
    EXPECT_EQ(Open().unknown, 0);
    EXPECT_EQ(anchors(unknown.Value()).error().code, ErrorCode::kNotFound) << "nothing is theirs any more";
    Write([&](Transaction& t) { return UndoEdit(t, edit.id, "a test", clock_.Now()); });
    ValueOf(relabelling_->Relabel({}));
    EXPECT_THAT(Asked(), ElementsAre("? x7"));
    EXPECT_EQ(anchors("nobody").error().code, ErrorCode::kNotFound);
    AddAda();
    EXPECT_EQ(anchors("Ada").error().code, ErrorCode::kConflict) << "of who has a name not all is meant";
}

TEST_F(ReviewTest, AsksWhatWasSkippedWhenItsTimeIsOverAndOthersMeanwhile) {
    AddAda();
    Analyse("one.mp4", MaybeAda(0.35, {0}));
    AddUnknown(5, 3);
    const auto first = Open().questions.at(0).id;
    const auto skip = SkipIt(first).value();
    EXPECT_EQ(skip.until, clock_.Now() + kSkippedFor);
    EXPECT_THAT(Asked(), ElementsAre("Ada x1"));
    EXPECT_EQ(Open().skipped, 1);
    EXPECT_EQ(Open().unknown, 1) << "it is open all the same";
    EXPECT_THAT(Asked("key_2"), ElementsAre("? x3", "Ada x1"));
    clock_.Advance(kSkippedFor);
    EXPECT_THAT(Asked(), ElementsAre("? x3", "Ada x1"));
    EXPECT_EQ(SkipIt(QuestionId("que_none")).error().code, ErrorCode::kNotFound);
}

TEST_F(ReviewTest, AsksWhatWasSkippedWhenItsFacesAreOthers) {
    AddUnknown(5, 3);
    ASSERT_TRUE(SkipIt(Open().questions.at(0).id));
    EXPECT_THAT(Asked(), IsEmpty());
    Analyse("later.mp4", MakeFaceResult({{.end_ms = 1800, .shots = {FaceAt(FaceOf(5), 0.1, 90)}}}));
    ValueOf(unknown_.Group({}));
    EXPECT_THAT(Asked(), ElementsAre("? x4"));
}

}  // namespace
}  // namespace notify::testing
