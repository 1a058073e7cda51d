#include "people/what_if.hpp"

#include <chrono>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "support/people.hpp"
#include "support/wrapped_storage.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

class WhatIf : public PeopleTest {
protected:
    /// A face that far from Ada.
    ItemId Away(const std::string& key, double distance) {
        return Analyse(
            key, MakeFaceResult({{.start_ms = 200, .end_ms = 900, .shots = {FaceAt(kAda, distance, 50)}}})
        );
    }

    WhatIfPage Ask(const WishedThresholds& wished, WhatIfWish wish = {}) {
        wish.limits = ValueOf(LimitsWith(wished));
        return ValueOf(AskWhatIf(*storage_, known_people_, wish));
    }

    static std::int64_t Moved(const WhatIfPage& page, NameState from, NameState to) {
        return page.counts.moved.at(static_cast<std::size_t>(from)).at(static_cast<std::size_t>(to));
    }

    /// "Ada confirmed -> Ada proposed", …
    static std::vector<std::string> Said(const WhatIfPage& page) {
        std::vector<std::string> said;
        for (const auto& change : page.changes) {
            said.push_back(
                fmt::format(
                    "{} {} -> {} {}",
                    change.from_name,
                    ToString(change.from),
                    change.to_name,
                    ToString(change.to)
                )
            );
        }
        return said;
    }

    std::string State() {
        return Read([](const Snapshot& snapshot) { return snapshot.people_edits.StateText(); });
    }

    GalleryCache known_people_{*storage_};
    PersonId ada_ = AddPerson("Ada", {kAda, kAda, kAda});
};

/// Counts what is read.
class CountingReads final : public WrappedStorage {
public:
    explicit CountingReads(Storage& inner) : WrappedStorage(inner) {}

    int reads = 0;

private:
    Result<void> RunRead(const ReadFunction& function) override {
        ++reads;
        return inner_.Read(function);
    }
};

TEST_F(WhatIf, ChangesNothingWhereThresholdsAreTodays) {
    Away("a", 0.2);
    Away("b", 0.35);
    Away("c", 0.5);
    const auto page = Ask({});
    EXPECT_EQ(page.counts.items, 3);
    EXPECT_EQ(page.counts.tracks, 3);
    EXPECT_EQ(Moved(page, NameState::kConfirmed, NameState::kConfirmed), 1);
    EXPECT_EQ(Moved(page, NameState::kProposed, NameState::kProposed), 1);
    EXPECT_EQ(Moved(page, NameState::kUnknown, NameState::kUnknown), 1);
    EXPECT_THAT(page.changes, IsEmpty());
    EXPECT_TRUE(page.next.IsEmpty());
    EXPECT_EQ(page.gallery_version, GalleryVersion());
}

TEST_F(WhatIf, TellsWhatStricterOnesWouldTakeAway) {
    const auto near = Away("a", 0.2);
    const auto proposed = Away("b", 0.35);
    const auto page = Ask({.confirmed = 0.1, .proposed = 0.3});
    EXPECT_EQ(Moved(page, NameState::kConfirmed, NameState::kProposed), 1);
    EXPECT_EQ(Moved(page, NameState::kProposed, NameState::kUnknown), 1);
    EXPECT_THAT(Said(page), ElementsAre("Ada proposed ->  unknown", "Ada confirmed -> Ada proposed"));
    const auto& change = page.changes.at(1);
    EXPECT_EQ(change.item, near);
    EXPECT_EQ(change.appearance, AppearancesIn(near).at(0).id);
    EXPECT_EQ(change.tracks, AppearancesIn(near).at(0).tracks);
    EXPECT_EQ(change.from_person, ada_);
    EXPECT_EQ(change.start_ms, 200);
    EXPECT_EQ(change.end_ms, 900);
    EXPECT_NEAR(change.distance, 0.2, 1e-3);
}

TEST_F(WhatIf, TellsWhatLooserOnesWouldBring) {
    const auto item = Away("a", 0.4);
    const auto page = Ask({.confirmed = 0.41, .proposed = 0.45});
    EXPECT_EQ(Moved(page, NameState::kUnknown, NameState::kConfirmed), 1);
    ASSERT_THAT(page.changes, SizeIs(1));
    EXPECT_EQ(page.changes[0].item, item);
    EXPECT_TRUE(page.changes[0].appearance.IsEmpty());
    EXPECT_EQ(page.changes[0].to_person, ada_);
}

TEST_F(WhatIf, ComesToWhatNamingByThoseThresholdsComesTo) {
    AddPerson("Bob", {FaceAt(kAda, 0.5, 50), FaceAt(kAda, 0.5, 50), FaceAt(kAda, 0.5, 50)});
    Away("between", 0.24);  // of Ada by 0.02: today's margin is 0.03
    EXPECT_THAT(Said(Ask({.margin = 0.01})), ElementsAre("Ada proposed -> Ada confirmed"));
    EXPECT_THAT(Said(Ask({.margin = 0.03})), IsEmpty());
}

TEST_F(WhatIf, WritesNothingAndLeavesVerdictsAsTheyAre) {
    const auto item = Away("a", 0.2);
    auto confirm = EditOf(EditKind::kConfirm, ada_);
    const auto appearance = AppearancesIn(item).at(0).id;
    confirm.tracks =
        Read([&](const Snapshot& snapshot) { return snapshot.people_edits.AnchorsIn({appearance}); });
    Write([&](Transaction& transaction) { return MakeEdit(transaction, confirm); });
    const auto state = State();
    const auto names = NamesIn(item);
    EXPECT_THAT(Ask({.confirmed = 0.01, .proposed = 0.02}).changes, IsEmpty()) << "somebody said so";
    EXPECT_EQ(State(), state);
    EXPECT_EQ(NamesIn(item), names);
}

TEST_F(WhatIf, GoesOnFromPageToPageWithoutLeavingAnythingOut) {
    std::set<std::string> items;
    for (const auto* key : {"a", "b", "c", "d", "e"}) {
        items.insert(Away(key, 0.2).Value());
    }
    std::set<std::string> seen;
    WhatIfWish wish{.most_changes = 2};
    int pages = 0;
    std::int64_t tracks = 0;
    do {
        const auto page = Ask({.confirmed = 0.1}, wish);
        EXPECT_LE(page.changes.size(), 2U);
        for (const auto& change : page.changes) {
            EXPECT_TRUE(seen.insert(change.item.Value()).second);
        }
        tracks += page.counts.tracks;
        wish.after = page.next;
        ++pages;
    } while (!wish.after.IsEmpty());
    EXPECT_EQ(seen, items);
    EXPECT_EQ(tracks, 5);
    EXPECT_EQ(pages, 3);
}

TEST_F(WhatIf, LooksAtOneItemWhateverItTakesAndThenAtTheTime) {
    Away("a", 0.2);
    Away("b", 0.2);
    const auto page = Ask({}, {.most_time = std::chrono::milliseconds(0)});
    EXPECT_EQ(page.counts.items, 1);
    EXPECT_FALSE(page.next.IsEmpty());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(AskWhatIf(*storage_, known_people_, {}, stop.get_token()).error().code, ErrorCode::kStopped);
}

TEST_F(WhatIf, CountsItemsThatCannotBeRead) {
    Away("a", 0.2);
    AddDamaged("b");
    AddDamaged("c");
    const auto page = Ask({});
    EXPECT_EQ(page.counts.items, 1);
    EXPECT_EQ(page.counts.unreadable, 2);
    EXPECT_TRUE(page.next.IsEmpty());
}

TEST_F(WhatIf, ReadsPeopleOnceForAllPages) {
    Away("a", 0.2);
    Away("b", 0.2);
    EXPECT_EQ(Ask({.confirmed = 0.1}, {.most_changes = 1}).gallery_version, GalleryVersion());
    CountingReads counting(*storage_);
    const auto page = ValueOf(AskWhatIf(counting, known_people_, {.most_changes = 1}));
    EXPECT_EQ(page.counts.items, 2);
    EXPECT_EQ(counting.reads, 3) << "the list and two items";
}

TEST_F(WhatIf, LooksAtTheBucketThatIsAskedFor) {
    Away("a", 0.2);
    EXPECT_EQ(Ask({}, {.bucket = BucketId("bkt_1")}).counts.items, 1);
    EXPECT_EQ(Ask({}, {.bucket = BucketId("bkt_2")}).counts.items, 0);
}

TEST(WishedThresholdsOf, AreDistancesAndProposalsReachAsFarAsConfirmations) {
    for (const auto& wrong : std::vector<WishedThresholds>{
             {.confirmed = 2.1}, {.proposed = -0.1}, {.margin = 3}, {.confirmed = 0.4}, {.proposed = 0.3}
         }) {
        const auto limits = LimitsWith(wrong);
        ASSERT_FALSE(limits);
        EXPECT_EQ(limits.error().code, ErrorCode::kInvalidArgument);
    }
    const auto limits = LimitsWith({.confirmed = 0.25, .margin = 0.05}).value();
    EXPECT_EQ(limits.confirmed, 0.25);
    EXPECT_EQ(limits.each_double, 0) << "for galleries of any size";
    EXPECT_EQ(limits.possible, MatchLimits{}.possible);
    EXPECT_EQ(limits.margin, 0.05);
}

}  // namespace
}  // namespace notify::testing
