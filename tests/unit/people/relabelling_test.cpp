#include "people/relabelling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/ulid.hpp"
#include "people/matching.hpp"
#include "storage/face_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

class RelabellingPast : public PeopleTest {
protected:
    static FaceResult Ada(std::int64_t end_ms = 1800, double distance = 0.2) {
        return MakeFaceResult({{.start_ms = 200, .end_ms = end_ms, .shots = {FaceAt(kAda, distance, 50)}}});
    }

    /// Ada twice, far apart.
    static FaceResult AdaTwice(double distance) {
        return MakeFaceResult(
            {{.track = 1, .start_ms = 0, .end_ms = 1000, .shots = {FaceAt(kAda, distance, 50)}},
             {.track = 2, .link = 2, .start_ms = 9000, .end_ms = 9900, .shots = {FaceAt(kAda, distance, 50)}}}
        );
    }

    /// As the route makes one: of the faces that an appearance names.
    void EditBy(EditKind kind, const PersonId& person, const AppearanceId& named) {
        Write([&](Transaction& transaction) {
            return transaction.people_edits.AnchorsIn({named}).and_then([&](std::vector<TrackId> tracks) {
                auto edit = EditOf(kind, person);
                edit.tracks = std::move(tracks);
                return MakeEdit(transaction, edit);
            });
        });
        EXPECT_TRUE(relabelling_->Relabel({}));
    }

    std::vector<AppearanceId> IdsIn(const ItemId& item) {
        std::vector<AppearanceId> ids;
        for (const auto& each : AppearancesIn(item)) {
            ids.push_back(each.id);
        }
        return ids;
    }

    int RelabelAll() { return ValueOf(relabelling_->RelabelAll({})); }

    /// The people of the item's last item.labels_changed.
    std::vector<std::string> PeopleTold(const ItemId& id) {
        std::vector<std::string> names;
        for (const auto& event : Events(id.Value())) {
            if (event.type == "item.labels_changed") {
                names.clear();
                const auto data = ParseJson(event.data).value();
                for (const auto& person : data.at("people").as_array()) {
                    names.emplace_back(person.at("name").as_string());
                }
            }
        }
        return names;
    }
};

TEST_F(RelabellingPast, NamesAnItemWhenAPersonIsEnrolledLater) {
    const auto item = Analyse("a.mp4", Ada());
    const auto other = Analyse("b.mp4", MakeFaceResult({{.shots = {FaceOf(9)}}}));
    ASSERT_THAT(AppearancesIn(item), IsEmpty());
    const auto photo = [&](const std::string& name) { return Photo(name, {{InPhoto(kAda)}}); };
    const auto enrolled = ValueOf(Enrol("Ada", {photo("1"), photo("2"), photo("3")}));

    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
    const auto appearance = AppearancesIn(item).at(0);
    EXPECT_EQ(appearance.person_id, enrolled.person);
    EXPECT_EQ(appearance.result_id, ProcessesOf(item).at(0).result_id);
    EXPECT_THAT(appearance.tracks, ElementsAre(TracksOf(appearance.result_id).at(0).id));
    EXPECT_THAT(AppearancesIn(other), IsEmpty());
}

TEST_F(RelabellingPast, NeedsTheStoredTracksAlone) {
    const auto item = Analyse("a.mp4", Ada());
    AddPerson("Ada", {kAda, kAda, kAda});
    artifacts_.reset();
    std::filesystem::remove_all(folder_.Path() / "artifacts");
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
}

TEST_F(RelabellingPast, TellsWhatCameOfIt) {
    const auto item = Analyse("a.mp4", Ada());
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    clock_.Advance(std::chrono::minutes(1));
    EXPECT_EQ(RelabelAll(), 1);
    const auto event = Events(item.Value()).back();
    EXPECT_EQ(event.type, "item.labels_changed");
    EXPECT_EQ(event.at, clock_.Now());
    const auto data = ParseJson(event.data).value();
    EXPECT_EQ(data.at("item").as_string(), item.Value());
    EXPECT_EQ(data.at("gallery_version").to_number<std::int64_t>(), GalleryVersion());
    EXPECT_EQ(data.at("people").as_array().at(0).at("person").as_string(), ada.Value());
    EXPECT_THAT(PeopleTold(item), ElementsAre("Ada"));
    EXPECT_EQ(Count(item.Value(), "item.completed"), 1) << "the item itself did not change";
}

TEST_F(RelabellingPast, LeavesAloneWhatIsRight) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Ada());
    const auto before = AppearancesIn(item).at(0).id;
    AddPerson("Bob", {kBob, kBob, kBob});
    EXPECT_EQ(RelabelAll(), 0);
    EXPECT_EQ(AppearancesIn(item).at(0).id, before);
    EXPECT_EQ(Count(item.Value(), "item.labels_changed"), 0);
}

TEST_F(RelabellingPast, KeepsTheIdsByWhichTwoFacesAreAnsweredOneAfterTheOther) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto bob = AddPerson("Bob", {kBob, kBob, kBob});
    const auto item = Analyse("a.mp4", AdaTwice(0.35));
    const auto ids = IdsIn(item);
    ASSERT_THAT(NamesIn(item), ElementsAre("Ada possible 0-1000", "Ada possible 9000-9900"));

    EditBy(EditKind::kConfirm, bob, ids[0]);
    EXPECT_THAT(NamesIn(item), ElementsAre("Bob confirmed 0-1000", "Ada possible 9000-9900"));
    EXPECT_EQ(IdsIn(item), ids) << "whoever is in them";
    EditBy(EditKind::kConfirm, ada, ids[1]);
    EXPECT_THAT(NamesIn(item), ElementsAre("Bob confirmed 0-1000", "Ada confirmed 9000-9900"));
    EXPECT_EQ(IdsIn(item), ids);
    EditBy(EditKind::kConfirm, ada, ids[0]);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 0-1000", "Ada confirmed 9000-9900"));
    EXPECT_EQ(IdsIn(item), ids);
}

TEST_F(RelabellingPast, KeepsNoIdOfAnAppearanceThatIsGone) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", AdaTwice(0.2));
    const auto ids = IdsIn(item);
    ASSERT_THAT(ids, SizeIs(2));
    EditBy(EditKind::kUnknown, {}, ids[0]);
    EXPECT_THAT(IdsIn(item), ElementsAre(ids[1]));
    EXPECT_EQ(
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.people.GetAppearance(ids[0]); })
            .error()
            .code,
        ErrorCode::kNotFound
    );
}

TEST_F(RelabellingPast, IsDoneOnce) {
    const auto item = Analyse("a.mp4", Ada());
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_EQ(RelabelAll(), 0);
    EXPECT_EQ(Count(item.Value(), "item.labels_changed"), 1);
    EXPECT_THAT(AppearancesIn(item), SizeIs(1));
}

TEST_F(RelabellingPast, NamesAgainWhatAProgramWithOtherRulesNamed) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Ada());
    const auto gallery = ValueOf(relabelling_->GalleryVersion());
    const auto result = ProcessesOf(item).at(0).result_id;
    Write([&](Transaction& transaction) {
        return transaction.people.ReplaceAppearances(item, result, {}).and_then([&] {
            return transaction.faces.SetCompared({.gallery = gallery, .rules = kNamingRules - 1});
        });
    });
    EXPECT_EQ(ValueOf(relabelling_->Relabel({})), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
    Write([&](Transaction& transaction) { return transaction.people.ReplaceAppearances(item, result, {}); });
    EXPECT_EQ(ValueOf(relabelling_->Relabel({})), 0) << "these rules have named everything";
}

TEST_F(RelabellingPast, TakesANameAwayWhenThePhotosThatGaveItAreGone) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Ada());
    for (const auto& photo : PhotosOf(ada)) {
        Write([&](Transaction& transaction) { return testing::RemovePhoto(transaction, photo); });
    }
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(AppearancesIn(item), IsEmpty());
    EXPECT_EQ(Count(item.Value(), "item.labels_changed"), 1);
    EXPECT_THAT(PeopleTold(item), IsEmpty());
}

TEST_F(RelabellingPast, ShowsAPossibleNameButNeverTellsIt) {
    const auto item = Analyse("a.mp4", Ada(1800, 0.35));
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada possible 200-1800"));
    EXPECT_THAT(PeopleTold(item), IsEmpty());
}

TEST_F(RelabellingPast, ConfirmsAPossibleNameWhenMorePhotosMakeItSure) {
    const auto face = FaceAt(kAda, 0.36, 50);
    const auto item = Analyse("a.mp4", MakeFaceResult({{.shots = {face}}}));
    const auto first = Photo("1", {{InPhoto(kAda)}});
    ASSERT_TRUE(Enrol("Ada", {first}));
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada possible 0-1000"));
    const auto between = FaceAt(kAda, 0.2, 50);
    ASSERT_TRUE(Enrol("Ada", {Photo("2", {{InPhoto(between)}}), Photo("3", {{InPhoto(between)}})}));
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 0-1000"));
}

TEST_F(RelabellingPast, NeedsNoChangeForANewNameOfAPerson) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", Ada());
    Write([&](Transaction& transaction) { return testing::RenamePerson(transaction, ada, "Augusta"); });
    EXPECT_EQ(RelabelAll(), 0);
    EXPECT_THAT(NamesIn(item), ElementsAre("Augusta confirmed 200-1800"));
}

TEST_F(RelabellingPast, CountsTheLatestRunThatCompletedOnly) {
    const auto item = Analyse("a.mp4", Ada(700));
    Add(ClaimMore(item, "{}", 2), Ada(800), "other models");
    Commit();
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-800"));
}

TEST_F(RelabellingPast, NamesWhatIsThereWhileTheItemRunsAgain) {
    const auto item = Analyse("a.mp4", Ada(700));
    ASSERT_THAT(ClaimMore(item, "{}", 2).processes, SizeIs(1));
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-700"));
}

TEST_F(RelabellingPast, LeavesAResultThatWaitsToBeResolvedToItsRow) {
    const auto item = Analyse("a.mp4", Ada(700));
    Add(ClaimMore(item, R"({"fps":1})", 1, RuleId("rul_2")), Ada(800));
    AddPerson("Ada", {kAda, kAda, kAda});
    Commit();
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-700"));
    EXPECT_EQ(ValueOf(resolver_->RunOnce()), 1);
    const auto resolved = ProcessesOf(item).at(1).result_id;
    EXPECT_THAT(TracksOf(resolved).at(0).shots, SizeIs(1)) << "with its embeddings, not without";
    EXPECT_THAT(
        NamesIn(item), ::testing::UnorderedElementsAre("Ada confirmed 200-700", "Ada confirmed 200-800")
    );
}

TEST_F(RelabellingPast, GoesOnBehindAnItemWhoseFactsCannotBeRead) {
    const auto older = Analyse("a.mp4", Ada());
    const auto damaged = AddDamaged("b.mp4");
    const auto newer = Analyse("c.mp4", Ada());
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(RelabelAll(), 2);
    EXPECT_THAT(AppearancesIn(older), SizeIs(1));
    EXPECT_THAT(AppearancesIn(newer), SizeIs(1));
    EXPECT_EQ(relabelling_->RelabelItem(damaged).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(RelabellingPast, ReachesItemsOfEveryPage) {
    const auto oldest = Analyse("a.mp4", Ada());
    Write([&](Transaction& transaction) -> Result<void> {
        for (int i = 0; i < 120; ++i) {
            Item item;
            item.id = ItemId(MakeId("itm"));
            item.bucket_id = bucket_->id;
            item.key = std::to_string(i);
            item.version = "1";
            if (auto added = transaction.items.AddIfNew(item); !added) {
                return Unexpected(added.error());
            }
        }
        return {};
    });
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(RelabelAll(), 1);
    EXPECT_THAT(AppearancesIn(oldest), SizeIs(1));
}

TEST_F(RelabellingPast, StopsWhenAsked) {
    const auto item = Analyse("a.mp4", Ada());
    AddPerson("Ada", {kAda, kAda, kAda});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(relabelling_->RelabelAll(stop.get_token()).error().code, ErrorCode::kStopped);
    EXPECT_THAT(AppearancesIn(item), IsEmpty());
}

TEST_F(RelabellingPast, FindsNothingToDoForAnItemWithoutFaces) {
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_FALSE(ValueOf(relabelling_->RelabelItem(Analyse("a.mp4", MakeFaceResult({})))));
    EXPECT_FALSE(ValueOf(relabelling_->RelabelItem(Claim("b.mp4").item.id)));
}

}  // namespace
}  // namespace notify::testing
