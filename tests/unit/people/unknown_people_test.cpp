#include "people/unknown_people.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

class UnknownFaces : public PeopleTest {
protected:
    static FaceResult With(std::size_t who, double distance = 0.2) {
        return MakeFaceResult(
            {{.start_ms = 200, .end_ms = 1800, .shots = {FaceAt(FaceOf(who), distance, 90)}}}
        );
    }

    /// How many faces got somebody; their items are looked at again.
    int Group() {
        const int placed = ValueOf(unknown_.Group({}));
        ValueOf(relabelling_->Relabel({}));
        return placed;
    }

    PeopleEdit Edit(PeopleEdit edit) {
        auto made = Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
        ValueOf(relabelling_->Relabel({}));
        return made;
    }

    /// Whom the item shows, in the order of their appearances.
    std::vector<PersonId> ShownIn(const ItemId& item) {
        std::vector<PersonId> people;
        for (const auto& appearance : AppearancesIn(item)) {
            people.push_back(appearance.person_id);
        }
        return people;
    }

    std::vector<TrackId> TracksIn(const ItemId& item) {
        std::vector<TrackId> tracks;
        for (const auto& track : TracksOf(ProcessesOf(item).at(0).result_id)) {
            tracks.push_back(track.id);
        }
        return tracks;
    }

    std::vector<ItemId> ThreeOf(std::size_t who) {
        std::vector<ItemId> items;
        for (const auto* name : {"a", "b", "c"}) {
            items.push_back(Analyse(fmt::format("{}{}", name, who), With(who)));
        }
        return items;
    }

    UnknownPeople unknown_{*storage_, clock_, *faces_};
};

TEST_F(UnknownFaces, ThatComeThreeTimesAreOnePerson) {
    const auto a = Analyse("a.mp4", With(0));
    const auto b = Analyse("b.mp4", With(0, 0.22));
    const auto other = Analyse("other.mp4", With(1));
    EXPECT_EQ(Group(), 0);
    EXPECT_THAT(ShownIn(a), IsEmpty());
    const auto c = Analyse("c.mp4", With(0, 0.18));
    EXPECT_EQ(Group(), 3);
    ASSERT_THAT(ShownIn(a), SizeIs(1));
    EXPECT_EQ(ShownIn(b), ShownIn(a));
    EXPECT_EQ(ShownIn(c), ShownIn(a));
    EXPECT_THAT(ShownIn(other), IsEmpty());
    EXPECT_EQ(RecognitionOf(AppearancesIn(a).at(0)), Recognition::kNew);
    EXPECT_EQ(Count(a.Value(), "item.labels_changed"), 0) << "nobody has a name";
    EXPECT_EQ(Group(), 0);
}

TEST_F(UnknownFaces, KeepTheirIdAsMoreOfThemCome) {
    const auto first = ThreeOf(0);
    Group();
    const auto person = ShownIn(first[0]);
    const auto later = Analyse("later.mp4", With(0, 0.1));
    EXPECT_EQ(Group(), 1);
    EXPECT_EQ(ShownIn(later), person);
    const auto edits =
        Read([](const Snapshot& s) { return s.people_edits.List({}, {.after = {}, .limit = 10}); });
    ASSERT_THAT(edits.rows, SizeIs(2));
    EXPECT_EQ(edits.rows[0].kind, EditKind::kJoined);
    EXPECT_EQ(edits.rows[0].actor, "service");
    EXPECT_EQ(edits.rows[1].kind, EditKind::kFound);
}

TEST_F(UnknownFaces, GetANameInAllPastItemsAtOnceAndInThoseThatCome) {
    const auto items = ThreeOf(0);
    Group();
    Edit(EditOf(EditKind::kRename, ShownIn(items[0]).at(0), "Ada"));
    for (const auto& item : items) {
        EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
        EXPECT_EQ(Count(item.Value(), "item.labels_changed"), 1);
    }
    const auto later = Analyse("later.mp4", With(0));
    EXPECT_THAT(NamesIn(later), ElementsAre("Ada confirmed 200-1800")) << "the found faces stand for photos";
    EXPECT_EQ(Group(), 0);
}

TEST_F(UnknownFaces, ThatAreSeenTogetherAreTwoPeople) {
    const auto both = [&](const std::string& key) {
        return Analyse(
            key,
            MakeFaceResult(
                {{.track = 1, .link = 1, .end_ms = 5000, .shots = {FaceAt(FaceOf(0), 0.05, 90)}},
                 {.track = 2, .link = 2, .end_ms = 5000, .shots = {FaceAt(FaceOf(0), 0.1, 91)}}}
            )
        );
    };
    const std::vector items{both("a"), both("b"), both("c"), both("d")};
    Group();
    for (const auto& item : items) {
        const auto shown = ShownIn(item);
        EXPECT_EQ(std::set(shown.begin(), shown.end()).size(), 2U);
        EXPECT_THAT(shown, SizeIs(2));
    }
}

TEST_F(UnknownFaces, OfNobodyWhoIsToBeKnownStayApart) {
    const auto items = ThreeOf(0);
    auto nobody = EditOf(EditKind::kUnknown, {});
    nobody.tracks = TracksIn(items[0]);
    Edit(nobody);
    EXPECT_EQ(Group(), 0) << "two that wait are too few";
    EXPECT_THAT(ShownIn(items[1]), IsEmpty());
}

TEST_F(UnknownFaces, ThatWereSaidNotToBeSomebodyNeverJoinThem) {
    const auto items = ThreeOf(0);
    Group();
    const auto person = ShownIn(items[0]).at(0);
    auto reject = EditOf(EditKind::kReject, person);
    reject.tracks = TracksIn(items[0]);
    Edit(reject);
    EXPECT_THAT(ShownIn(items[0]), IsEmpty());
    const auto later = Analyse("later.mp4", With(0));
    EXPECT_EQ(Group(), 1);
    EXPECT_THAT(ShownIn(later), ElementsAre(person));
    EXPECT_THAT(ShownIn(items[0]), IsEmpty());
}

TEST_F(UnknownFaces, OfKnownPeopleAreNotGrouped) {
    AddPerson("Ada", {FaceOf(0), FaceOf(0), FaceOf(0)});
    const auto items = ThreeOf(0);
    EXPECT_EQ(Group(), 0);
    EXPECT_THAT(NamesIn(items[0]), ElementsAre("Ada confirmed 200-1800"));
}

TEST_F(UnknownFaces, GetTheNameOfWhoeverIsEnrolledLaterAndLoseItWithThem) {
    const auto items = ThreeOf(0);
    Group();
    const auto unknown = ShownIn(items[0]);
    const auto ada = AddPerson("Ada", {FaceOf(0), FaceOf(0), FaceOf(0)});
    ValueOf(relabelling_->Relabel({}));
    EXPECT_THAT(NamesIn(items[0]), ElementsAre("Ada confirmed 200-1800"));
    Write([&](Transaction& t) { return RemovePerson(t, ada); });
    ValueOf(relabelling_->Relabel({}));
    EXPECT_EQ(ShownIn(items[0]), unknown);
}

TEST_F(UnknownFaces, AreAsTheyWereWhenTheFindingIsUndone) {
    const auto before = Read([](const Snapshot& s) { return s.people_edits.StateText(); });
    const auto items = ThreeOf(0);
    Group();
    const auto edits =
        Read([](const Snapshot& s) { return s.people_edits.List({}, {.after = {}, .limit = 1}); });
    Write([&](Transaction& t) { return UndoEdit(t, edits.rows.at(0).id, "a test", clock_.Now()); });
    ValueOf(relabelling_->Relabel({}));
    EXPECT_EQ(Read([](const Snapshot& s) { return s.people_edits.StateText(); }), before);
    EXPECT_THAT(ShownIn(items[0]), IsEmpty());
}

TEST_F(UnknownFaces, OfARunThatWasDoneAgainCountOnce) {
    const auto item = Analyse("a.mp4", With(0));
    for (const int run : {2, 3}) {
        Add(ClaimMore(item, "{}", run), With(0, 0.2 + 0.01 * run), fmt::format("model {}", run));
        Commit();
    }
    EXPECT_EQ(Group(), 0);
}

/// What is compared by way of the index alone is what a comparison of everything gives.
TEST_F(UnknownFaces, AndKnownOnesAreNamedAsIfEverythingWereComparedAgain) {
    std::mt19937 random(17);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    std::vector<ItemId> items;
    std::vector<PersonId> people;
    for (int step = 0; step < 60; ++step) {
        const auto who = below(6);
        switch (below(4)) {
            case 0:
            case 1:
                items.push_back(Analyse(
                    fmt::format("{}.mp4", step), With(who, 0.1 + 0.01 * static_cast<double>(below(30)))
                ));
                break;
            case 2:
                people.push_back(
                    AddPerson(fmt::format("person {}", step), {FaceAt(FaceOf(who), 0.15, 40 + below(9))})
                );
                break;
            default:
                if (!people.empty()) {
                    static_cast<void>(storage_->Write([&](Transaction& t) {
                        return RemovePerson(t, people[below(people.size())]);
                    }));
                }
        }
        ValueOf(relabelling_->Relabel({}));
        std::map<ItemId, std::vector<std::string>> names;
        for (const auto& item : items) {
            names[item] = NamesIn(item);
        }
        ASSERT_EQ(ValueOf(relabelling_->RelabelAll({})), 0) << "step " << step;
    }
}

TEST_F(UnknownFaces, AreNamedWhenWhoeverTheyWereAsNearToIsGone) {
    AddPerson("Ada", {FaceOf(0), FaceOf(0), FaceOf(0)});
    const auto twin_face = FaceAt(FaceOf(0), 0.05, 60);
    const auto twin = AddPerson("Ada's twin", {twin_face, twin_face, twin_face});
    const auto item = Analyse("a.mp4", With(0, 0.2));
    ValueOf(relabelling_->Relabel({}));
    ASSERT_THAT(NamesIn(item), ElementsAre("Ada possible 200-1800"));
    Write([&](Transaction& t) { return RemovePerson(t, twin); });
    ValueOf(relabelling_->Relabel({}));
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
}

TEST_F(UnknownFaces, AreAllComparedAgainWhenSoManyAreKnownThatLinesAreOthers) {
    AddPerson("Ada", {FaceOf(0), FaceOf(0), FaceOf(0)});
    for (std::size_t i = 1; i < 15; ++i) {
        AddPerson(fmt::format("person {}", i), {FaceOf(i), FaceOf(i), FaceOf(i)});
    }
    const auto item = Analyse("a.mp4", With(0, 0.332));
    ValueOf(relabelling_->Relabel({}));
    ASSERT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
    AddPerson("far from her", {FaceOf(100), FaceOf(100), FaceOf(100)});
    ValueOf(relabelling_->Relabel({}));
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada possible 200-1800"));
}

TEST_F(UnknownFaces, FarFromAnEditAreLeftAlone) {
    AddPerson("Ada", {FaceOf(0), FaceOf(0), FaceOf(0)});
    const auto near = Analyse("near.mp4", With(0));
    const auto far = Analyse("far.mp4", With(1));
    AddPerson("Bob", {FaceOf(1), FaceOf(1), FaceOf(1)});
    ValueOf(relabelling_->Relabel({}));
    ASSERT_THAT(NamesIn(far), ElementsAre("Bob confirmed 200-1800"));
    const auto result = ProcessesOf(far).at(0).result_id;
    Write([&](Transaction& t) {  // as nobody would: what is looked at again is mended
        return t.people.ReplaceAppearances(far, result, {});
    });
    AddPerson("Ann", {FaceAt(FaceOf(0), 0.5, 50)});
    ValueOf(relabelling_->Relabel({}));
    EXPECT_THAT(NamesIn(far), IsEmpty()) << "it was looked at, although nothing near it changed";
    EXPECT_EQ(ValueOf(relabelling_->RelabelAll({})), 1);
    EXPECT_THAT(NamesIn(near), SizeIs(1));
}

}  // namespace
}  // namespace notify::testing
