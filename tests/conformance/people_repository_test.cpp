#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/fixture.hpp"
#include "support/people.hpp"

namespace notify::testing {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class People : public Conformance {
protected:
    static Embedding EmbeddingOf(float seed) {
        Embedding embedding{};
        for (std::size_t i = 0; i < embedding.size(); ++i) {
            embedding[i] = std::sin(seed + static_cast<float>(i));
        }
        return embedding;
    }

    EnrolmentPhoto MakePhoto(const Person& person, std::string id, float seed) const {
        EnrolmentPhoto photo;
        photo.id = PhotoId(id);
        photo.person_id = person.id;
        photo.file_name = id + ".jpg";
        photo.sha256 = "bytes of " + id;
        photo.embedding = EmbeddingOf(seed);
        photo.model = "model of " + id;
        photo.box = {.x = 1.5, .y = 2.5, .width = 3.5, .height = 4.5};
        photo.quality = 0.75;
        photo.crop_sha256 = "crop of " + id;
        photo.created_at = Now();
        return photo;
    }

    std::optional<ErrorCode> AddPhoto(const EnrolmentPhoto& photo) {
        return Refused([&](Transaction& transaction) { return testing::AddPhoto(transaction, photo); });
    }

    FaceTrack MakeTrack(const ResultId& result, int number) const {
        FaceTrack track;
        track.id = TrackId("trk_" + result.Value() + std::to_string(number));
        track.result_id = result;
        track.number = number;
        track.link = 4;
        track.start_ms = 100;
        track.end_ms = 2500;
        track.best_shot_ms = 1200;
        track.best_box = {.x = 10, .y = 20.25, .width = 30, .height = 40};
        track.quality = 0.5;
        track.shots = {EmbeddingOf(1), EmbeddingOf(2)};
        track.thumbnail = "track-" + std::to_string(number) + ".jpg";
        return track;
    }

    Appearance MakeAppearance(const Person& person, std::string id, std::int64_t start_ms) const {
        Appearance appearance;
        appearance.id = AppearanceId(std::move(id));
        appearance.person_id = person.id;
        appearance.start_ms = start_ms;
        appearance.end_ms = start_ms + 50;
        return appearance;
    }

    void Replace(const Item& item, const ResultId& result, const std::vector<Appearance>& appearances) {
        Write([&](Transaction& transaction) {
            return transaction.people.ReplaceAppearances(item.id, result, appearances);
        });
    }

    Page<Appearance> Appearances(const AppearanceFilter& filter, const PageRequest& page = {}) {
        return Read([&](const Snapshot& snapshot) { return snapshot.people.Appearances(filter, page); });
    }

    std::vector<std::string> IdsOf(const AppearanceFilter& filter) {
        std::vector<std::string> ids;
        for (const auto& row : Appearances(filter).rows) {
            ids.push_back(row.id.Value());
        }
        return ids;
    }

    std::vector<EnrolmentPhoto> AllPhotos() {
        return Read([](const Snapshot& snapshot) { return snapshot.people.AllPhotos(); });
    }

    std::int64_t GalleryVersion() {
        return Read([](const Snapshot& snapshot) { return snapshot.people.GalleryVersion(); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, People, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(People, AreFoundByNamesThatAreNoUtf8) {
    for (const auto& name : {std::string("a\xFF"), std::string("a\0b", 3)}) {
        const auto person = AddPerson(name);
        const auto found = Read([&](const Snapshot& snapshot) { return snapshot.people.Find(name); });
        EXPECT_EQ(found.id, person.id);
    }
}

TEST_P(People, AreFoundByIdOrName) {
    const auto ada = AddPerson("Ada Lovelace");
    const auto find = [&](std::string_view text) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.people.Find(text); });
    };
    EXPECT_EQ(find("Ada Lovelace").value().id, ada.id);
    EXPECT_EQ(find(ada.id.Value()).value().name, "Ada Lovelace");
    EXPECT_EQ(find("Bob").error().code, ErrorCode::kNotFound);
    const auto got = Read([&](const Snapshot& snapshot) { return snapshot.people.Get(ada.id); });
    EXPECT_EQ(got.created_at, ada.created_at);
    const auto missing =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.people.Get(PersonId("per_none")); });
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_P(People, HaveNamesOfTheirOwn) {
    AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const Person twin{.id = PersonId("per_twin"), .name = "Ada", .created_at = Now()};
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return testing::AddPerson(transaction, twin); }),
        ErrorCode::kConflict
    );
    const auto rename = [&](const PersonId& id, std::string_view name) {
        return Refused([&](Transaction& transaction) {
            return testing::RenamePerson(transaction, id, name);
        });
    };
    EXPECT_EQ(rename(bob.id, "Ada"), ErrorCode::kConflict);
    EXPECT_EQ(rename(bob.id, "Robert"), std::nullopt);
    EXPECT_EQ(rename(twin.id, "Nobody"), ErrorCode::kNotFound);
    const auto all = Read([](const Snapshot& snapshot) { return snapshot.people.List(); });
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "Ada");
    EXPECT_EQ(all[1].name, "Robert");
}

TEST_P(People, AreListedInPagesWithTheMergedLeftToThoseWhoRemain) {
    const auto found = [&](const char* id) {
        Write([&](Transaction& transaction) {
            return testing::Make(transaction, testing::EditOf(EditKind::kFound, PersonId(id)));
        });
    };
    const auto zoe = AddPerson("Zo\xC3\xA9");
    const auto ada = AddPerson("Ada");
    const auto twin = AddPerson("Twin");
    const auto other = AddPerson("Other");
    found("per_y");
    found("per_x");
    for (const auto& gone : {other, twin}) {
        Write([&](Transaction& transaction) {
            auto edit = testing::EditOf(EditKind::kMerge, gone.id == twin.id ? ada.id : twin.id);
            edit.other = gone.id;
            return testing::Make(transaction, edit);
        });
    }
    std::vector<PersonId> all;
    PageRequest page{.after = {}, .limit = 1};
    do {
        const auto some = Read([&](const Snapshot& snapshot) { return snapshot.people.Roots(page); });
        ASSERT_EQ(some.rows.size(), 1U);
        all.push_back(some.rows[0].id);
        page.after = some.next;
    } while (!page.after.empty() && all.size() < 10);
    EXPECT_EQ(all, (std::vector{ada.id, zoe.id, PersonId("per_x"), PersonId("per_y")}));
    page = {.after = {}, .limit = 3};
    const auto first = Read([&](const Snapshot& snapshot) { return snapshot.people.Roots(page); });
    EXPECT_EQ(first.rows.size(), 3U);
    EXPECT_FALSE(first.next.empty());
    const auto merged = Read([&](const Snapshot& snapshot) { return snapshot.people.MergedInto(ada.id); });
    EXPECT_EQ(std::set(merged.begin(), merged.end()), (std::set{twin.id, other.id}));
    EXPECT_TRUE(Read([&](const Snapshot& snapshot) { return snapshot.people.MergedInto(zoe.id); }).empty());
    const auto odd =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.people.Roots({.after = "zz"}); });
    EXPECT_EQ(odd.error().code, ErrorCode::kInvalidArgument);
}

TEST_P(People, HavePhotosWithEverythingKept) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto photo = MakePhoto(ada, "pho_1", 0.5F);
    ASSERT_EQ(AddPhoto(photo), std::nullopt);
    ASSERT_EQ(AddPhoto(MakePhoto(bob, "pho_2", 1.5F)), std::nullopt);
    const auto photos = Read([&](const Snapshot& snapshot) { return snapshot.people.PhotosOf(ada.id); });
    ASSERT_EQ(photos.size(), 1U);
    const auto& stored = photos[0];
    EXPECT_EQ(stored.id, photo.id);
    EXPECT_EQ(stored.person_id, ada.id);
    EXPECT_EQ(stored.file_name, "pho_1.jpg");
    EXPECT_EQ(stored.sha256, photo.sha256);
    EXPECT_EQ(stored.embedding, photo.embedding);
    EXPECT_EQ(stored.model, photo.model);
    EXPECT_EQ(stored.box.x, 1.5);
    EXPECT_EQ(stored.box.y, 2.5);
    EXPECT_EQ(stored.box.width, 3.5);
    EXPECT_EQ(stored.box.height, 4.5);
    EXPECT_EQ(stored.quality, 0.75);
    EXPECT_EQ(stored.crop_sha256, photo.crop_sha256);
    EXPECT_EQ(stored.created_at, photo.created_at);
    EXPECT_EQ(AllPhotos().size(), 2U);
}

TEST_P(People, AreThereBeforeTheyAreGivenAPhoto) {
    auto photo = MakePhoto(AddPerson("Ada"), "pho_1", 1);
    photo.person_id = PersonId("per_none");
    EXPECT_EQ(AddPhoto(photo), ErrorCode::kNotFound);
    EXPECT_TRUE(AllPhotos().empty());
}

TEST_P(People, TakeTheirPhotosAndAppearancesWithThem) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    ASSERT_EQ(AddPhoto(MakePhoto(ada, "pho_1", 1)), std::nullopt);
    ASSERT_EQ(AddPhoto(MakePhoto(bob, "pho_2", 2)), std::nullopt);
    const auto item = AddItem(AddBucket(), "a");
    const auto result = AddResult("lineage").id;
    Replace(item, result, {MakeAppearance(ada, "app_1", 0), MakeAppearance(bob, "app_2", 0)});
    const auto remove = [&] {
        return Refused([&](Transaction& transaction) { return testing::RemovePerson(transaction, ada.id); });
    };
    EXPECT_EQ(remove(), std::nullopt);
    EXPECT_EQ(remove(), ErrorCode::kNotFound);
    ASSERT_EQ(AllPhotos().size(), 1U);
    EXPECT_EQ(AllPhotos()[0].person_id, bob.id);
    ASSERT_EQ(Appearances({}).rows.size(), 1U);
    EXPECT_EQ(Appearances({}).rows[0].person_id, bob.id);
}

TEST_P(People, RaiseTheGallerysVersionWithEveryChange) {
    auto last = GalleryVersion();
    const auto rose = [&] {
        const auto before = std::exchange(last, GalleryVersion());
        return last > before;
    };
    const auto ada = AddPerson("Ada");
    EXPECT_TRUE(rose());
    const auto photo = MakePhoto(ada, "pho_1", 1);
    ASSERT_EQ(AddPhoto(photo), std::nullopt);
    EXPECT_TRUE(rose());
    Write([&](Transaction& transaction) { return testing::RenamePerson(transaction, ada.id, "Augusta"); });
    EXPECT_TRUE(rose());
    Write([&](Transaction& transaction) { return testing::RemovePhoto(transaction, photo); });
    EXPECT_TRUE(rose());
    Write([&](Transaction& transaction) { return testing::RemovePerson(transaction, ada.id); });
    EXPECT_TRUE(rose());
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return testing::RemovePhoto(transaction, photo); }),
        ErrorCode::kNotFound
    );
    EXPECT_FALSE(rose()) << "what failed is no change";
}

TEST_P(People, AreSeenInTracksThatAreStoredOnce) {
    const auto result = AddResult("lineage").id;
    const auto other = AddResult("other").id;
    auto without_shots = MakeTrack(result, 2);
    without_shots.shots.clear();
    for (int i = 0; i < 2; ++i) {
        Write([&](Transaction& transaction) {
            return transaction.people.AddTracks({MakeTrack(result, 1), without_shots, MakeTrack(other, 1)});
        });
    }
    const auto tracks = Read([&](const Snapshot& snapshot) { return snapshot.people.TracksOf(result); });
    ASSERT_EQ(tracks.size(), 2U);
    const auto expected = MakeTrack(result, 1);
    EXPECT_EQ(tracks[0].id, expected.id);
    EXPECT_EQ(tracks[0].result_id, result);
    EXPECT_EQ(tracks[0].number, 1);
    EXPECT_EQ(tracks[0].link, 4);
    EXPECT_EQ(tracks[0].start_ms, 100);
    EXPECT_EQ(tracks[0].end_ms, 2500);
    EXPECT_EQ(tracks[0].best_shot_ms, 1200);
    EXPECT_EQ(tracks[0].best_box.y, 20.25);
    EXPECT_EQ(tracks[0].best_box.height, 40);
    EXPECT_EQ(tracks[0].quality, 0.5);
    EXPECT_EQ(tracks[0].shots, expected.shots);
    EXPECT_EQ(tracks[0].thumbnail, "track-1.jpg");
    EXPECT_TRUE(tracks[1].shots.empty());
}

TEST_P(People, AppearInItemsWithEverythingKept) {
    const auto ada = AddPerson("Ada");
    const auto item = AddItem(AddBucket(), "a");
    const auto result = AddResult("lineage").id;
    auto appearance = MakeAppearance(ada, "app_1", 1000);
    appearance.certainty = Certainty::kPossible;
    appearance.similarity = 97.5;
    appearance.distance = 0.25;
    appearance.best_shot_ms = 1020;
    appearance.box = {.x = 1, .y = 2, .width = 3, .height = 4.125};
    appearance.tracks = {TrackId("trk_1"), TrackId("trk_2")};
    appearance.timebase = {
        .rate = {.numerator = 30000, .denominator = 1001}, .start = 107'892, .drop_frame = true
    };
    Replace(item, result, {appearance});
    Write([&](Transaction& transaction) { return testing::RenamePerson(transaction, ada.id, "Augusta"); });
    const auto rows = Appearances({.item_id = item.id, .person_id = {}}).rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].id, appearance.id);
    EXPECT_EQ(rows[0].item_id, item.id);
    EXPECT_EQ(rows[0].result_id, result);
    EXPECT_EQ(rows[0].person_id, ada.id);
    EXPECT_EQ(rows[0].person_name, "Augusta") << "the name is that of the moment of reading";
    EXPECT_EQ(rows[0].certainty, Certainty::kPossible);
    EXPECT_EQ(rows[0].start_ms, 1000);
    EXPECT_EQ(rows[0].end_ms, 1050);
    EXPECT_EQ(rows[0].similarity, 97.5);
    EXPECT_EQ(rows[0].distance, 0.25);
    EXPECT_EQ(rows[0].best_shot_ms, 1020);
    EXPECT_EQ(rows[0].timebase, appearance.timebase);
    EXPECT_EQ(rows[0].box.height, 4.125);
    EXPECT_EQ(rows[0].tracks, appearance.tracks);
}

TEST_P(People, HaveTheirAppearancesOfOneResultReplaced) {
    const auto ada = AddPerson("Ada");
    const auto bucket = AddBucket();
    const auto first = AddItem(bucket, "a");
    const auto second = AddItem(bucket, "b");
    const auto faces = AddResult("faces").id;
    const auto other = AddResult("other").id;
    Replace(first, faces, {MakeAppearance(ada, "app_1", 0), MakeAppearance(ada, "app_2", 9)});
    Replace(first, other, {MakeAppearance(ada, "app_3", 5)});
    Replace(second, faces, {MakeAppearance(ada, "app_4", 7)});
    Replace(first, faces, {MakeAppearance(ada, "app_5", 1)});
    std::vector<std::string> seen;
    for (const auto& row : Appearances({}).rows) {
        seen.push_back(row.id.Value());
    }
    const bool first_sorts_first = first.id < second.id;
    EXPECT_EQ(
        seen,
        first_sorts_first ? (std::vector<std::string>{"app_5", "app_3", "app_4"})
                          : (std::vector<std::string>{"app_4", "app_5", "app_3"})
    );
    Replace(second, faces, {});
    const auto with = Read([&](const Snapshot& snapshot) {
        return snapshot.people.WithAppearances({first.id, second.id});
    });
    EXPECT_EQ(with, std::set<ItemId>{first.id});
}

TEST_P(People, AreListedInItemsPageByPage) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto item = AddItem(AddBucket(), "a");
    const auto result = AddResult("lineage").id;
    Replace(
        item,
        result,
        {MakeAppearance(ada, "app_c", 5),
         MakeAppearance(ada, "app_b", 5),
         MakeAppearance(ada, "app_a", 9),
         MakeAppearance(bob, "app_d", 0),
         MakeAppearance(bob, "app_e", 5)}
    );
    std::vector<std::string> seen;
    PageRequest request{.after = {}, .limit = 2};
    do {
        const auto page = Appearances({.item_id = item.id, .person_id = {}}, request);
        for (const auto& row : page.rows) {
            seen.push_back(row.id.Value());
        }
        request.after = page.next;
    } while (!request.after.empty());
    EXPECT_EQ(seen, (std::vector<std::string>{"app_d", "app_b", "app_c", "app_e", "app_a"}));
    EXPECT_EQ(Appearances({.item_id = {}, .person_id = bob.id}).rows.size(), 2U);
    EXPECT_TRUE(Appearances({.item_id = ItemId("itm_none"), .person_id = {}}).rows.empty());
}

TEST_P(People, AreSeenTogetherWhereOneResultShowsBothAtOnce) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto item = AddItem(AddBucket(), "a");
    const auto together = [&] {
        const auto asked = [&](const Person& one, const Person& other) {
            return Read([&](const Snapshot& s) { return s.people.AreSeenTogether(one.id, other.id); });
        };
        EXPECT_EQ(asked(ada, bob), asked(bob, ada));
        return asked(ada, bob);
    };
    Replace(item, AddResult("one").id, {MakeAppearance(ada, "app_1", 0), MakeAppearance(bob, "app_2", 200)});
    const auto other = AddResult("other").id;
    Replace(item, other, {MakeAppearance(bob, "app_3", 0)});
    EXPECT_FALSE(together()) << "one after the other, and at once in two results of one item";
    Replace(item, other, {MakeAppearance(bob, "app_3", 0), MakeAppearance(ada, "app_4", 40)});
    EXPECT_TRUE(together());
}

TEST_P(People, AreListedWhereSomebodyElseIsSeenToo) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "a");
    const auto other = AddItem(bucket, "b");
    const auto result = AddResult("lineage").id;
    Replace(
        item,
        result,
        {MakeAppearance(ada, "app_alone", 0),
         MakeAppearance(ada, "app_with", 200),
         MakeAppearance(bob, "app_bob", 240),
         MakeAppearance(ada, "app_after", 300)}
    );
    Replace(other, result, {MakeAppearance(ada, "app_elsewhere", 240)});
    const auto with = [&](const Person& person, const Person& together) {
        return IdsOf({.item_id = {}, .person_id = person.id, .together_with = together.id});
    };
    EXPECT_THAT(with(ada, bob), ElementsAre("app_with"));
    EXPECT_THAT(with(bob, ada), ElementsAre("app_bob"));
    EXPECT_THAT(with(bob, AddPerson("Cy")), IsEmpty());
}

TEST_P(People, AreListedByBucketAndByWhenTheirItemsWereDiscovered) {
    const auto ada = AddPerson("Ada");
    const auto first = AddBucket("first");
    const auto second = AddBucket("second");
    const auto result = AddResult("lineage").id;
    const auto began = Now();
    int number = 0;
    for (const auto* bucket : {&first, &second, &first}) {
        const auto item = AddItem(*bucket, fmt::format("{}.mp4", ++number));
        Replace(item, result, {MakeAppearance(ada, fmt::format("app_{}", number), 0)});
        clock_.Advance(std::chrono::minutes(1));
    }
    const auto minute = [&](int passed) { return began + std::chrono::minutes(passed); };
    EXPECT_THAT(IdsOf({.bucket_id = first.id}), UnorderedElementsAre("app_1", "app_3"));
    EXPECT_THAT(IdsOf({.bucket_id = second.id}), UnorderedElementsAre("app_2"));
    EXPECT_THAT(IdsOf({.since = minute(1)}), UnorderedElementsAre("app_2", "app_3")) << "the first one, too";
    EXPECT_THAT(IdsOf({.until = minute(1)}), UnorderedElementsAre("app_1")) << "the last one is not of it";
    EXPECT_THAT(IdsOf({.since = minute(1), .until = minute(2)}), UnorderedElementsAre("app_2"));
    EXPECT_THAT(IdsOf({.bucket_id = first.id, .since = minute(1)}), UnorderedElementsAre("app_3"));
}

TEST_P(People, AreListedThatWaitForSomebodyToConfirmThem) {
    const auto ada = AddPerson("Ada");
    const auto item = AddItem(AddBucket(), "a");
    auto sure = MakeAppearance(ada, "app_sure", 0);
    sure.certainty = Certainty::kConfirmed;
    auto proposed = MakeAppearance(ada, "app_proposed", 10);
    proposed.certainty = Certainty::kPossible;
    auto said = MakeAppearance(ada, "app_said", 20);
    said.certainty = Certainty::kPossible;
    said.by_user = true;
    Replace(item, AddResult("lineage").id, {sure, proposed, said});
    EXPECT_THAT(IdsOf({.proposed = true}), ElementsAre("app_proposed"));
}

TEST_P(People, GoOnWithTheNextPageAlsoWhenTheLastRowWasReplaced) {
    const auto ada = AddPerson("Ada");
    const auto item = AddItem(AddBucket(), "a");
    const auto result = AddResult("lineage").id;
    Replace(item, result, {MakeAppearance(ada, "app_1", 1), MakeAppearance(ada, "app_2", 2)});
    const auto page = Appearances({}, {.after = {}, .limit = 1});
    Replace(item, result, {MakeAppearance(ada, "app_3", 1), MakeAppearance(ada, "app_4", 2)});
    const auto rest = Appearances({}, {.after = page.next, .limit = 9}).rows;
    ASSERT_FALSE(rest.empty());
    EXPECT_EQ(rest.back().id, AppearanceId("app_4"));
}

}  // namespace

}  // namespace notify::testing
