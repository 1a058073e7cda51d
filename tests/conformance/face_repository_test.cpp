#include "storage/face_repository.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "conformance/fixture.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "support/people.hpp"

namespace notify::testing {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Faces : public Conformance {
protected:
    static FaceTrack MakeTrack(const ResultId& result, int number, bool has_mean = true) {
        FaceTrack track;
        track.id = TrackId("trk_" + result.Value() + std::to_string(number));
        track.result_id = result;
        track.number = number;
        track.quality = 0.1 * number;
        if (has_mean) {
            track.mean.emplace();
            track.mean->at(static_cast<std::size_t>(number)) = 1;
        }
        return track;
    }

    void Add(const std::vector<FaceTrack>& tracks) {
        Write([&](Transaction& transaction) { return transaction.people.AddTracks(tracks); });
    }

    void Remove(const ResultId& result) {
        Write([&](Transaction& transaction) {
            return transaction.results.ForgetUnused({result}).map([](int) {});
        });
    }

    std::int64_t Last() {
        return Read([](const Snapshot& snapshot) { return snapshot.faces.LastSequence(); });
    }

    /// "+1" for a face that was stored, "-1" for one that was removed, "0" for one without an embedding.
    std::vector<std::string> After(std::int64_t sequence, int limit = 100) {
        std::vector<std::string> told;
        for (const auto& news :
             Read([&](const Snapshot& snapshot) { return snapshot.faces.After(sequence, limit); })) {
            const bool stored = news.sequence == news.face;
            told.push_back(std::string(!stored ? "-" : news.mean ? "+" : "0") + std::to_string(news.face));
        }
        return told;
    }

    SeenFace Seen(std::int64_t face) {
        auto seen = Read([&](const Snapshot& snapshot) { return snapshot.faces.Seen({face}); });
        EXPECT_EQ(seen.size(), 1U);
        return seen.empty() ? SeenFace{} : seen.front();
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Faces, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Faces, AreToldOfInTheirOrder) {
    EXPECT_EQ(Last(), 0);
    EXPECT_THAT(After(0), IsEmpty());
    const auto first = AddResult("first").id;
    const auto second = AddResult("second").id;
    Add({MakeTrack(first, 1), MakeTrack(first, 2, false)});
    Add({MakeTrack(second, 3)});
    EXPECT_EQ(Last(), 3);
    EXPECT_THAT(After(0), ElementsAre("+1", "02", "+3"));
    EXPECT_THAT(After(1, 1), ElementsAre("02"));
    const auto stored = Read([](const Snapshot& snapshot) { return snapshot.faces.Stored(2, 100); });
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].mean, MakeTrack(second, 3).mean);
}

TEST_P(Faces, AreToldOfWhenTheyGo) {
    const auto first = AddResult("first").id;
    const auto second = AddResult("second").id;
    Add({MakeTrack(first, 1), MakeTrack(first, 2)});
    Add({MakeTrack(second, 3)});
    Remove(first);
    EXPECT_EQ(Last(), 5);
    EXPECT_THAT(After(3), ElementsAre("-1", "-2"));
    EXPECT_THAT(After(0), ElementsAre("+3", "-1", "-2")) << "what is gone is not told of as if it were there";
    EXPECT_THAT(Read([](const Snapshot& s) { return s.faces.Seen({1, 2}); }), IsEmpty());
    const auto third = AddResult("third").id;
    Add({MakeTrack(third, 4)});
    EXPECT_EQ(Last(), 6) << "a number is never given again";
    EXPECT_EQ(Seen(6).track.id, MakeTrack(third, 4).id);
}

TEST_P(Faces, AreToldOfWhenTheyAreEmptied) {
    const auto first = AddResult("first").id;
    Add({MakeTrack(first, 1), MakeTrack(first, 2)});
    const auto empty = [&](const EditId& erasure) {
        return Write([&](Transaction& transaction) {
            return transaction.erasures.EmptyFaces({MakeTrack(first, 1).id}, erasure);
        });
    };
    EXPECT_EQ(empty(EditId("edt_1")), 1);
    EXPECT_EQ(empty(EditId("edt_2")), 0) << "there is nothing left";
    EXPECT_THAT(After(0), ElementsAre("01", "+2", "-1"));
    const auto faces = Read([](const Snapshot& snapshot) { return snapshot.erasures.Faces(0, 10); });
    ASSERT_EQ(faces.size(), 2U);
    EXPECT_TRUE(faces[0].is_empty);
    EXPECT_FALSE(faces[1].is_empty);
    EXPECT_EQ(faces[1].result, first);
    EXPECT_FALSE(Seen(1).track.mean.has_value());

    const Erasure erasure{
        .id = EditId("edt_1"), .at = clock_.Now(), .actor = "key:k", .people = {PersonId("per_1")}, .faces = 1
    };
    const auto end = [&] {
        return Write([&](Transaction& transaction) { return transaction.erasures.End(clock_.Now()); });
    };
    Write([&](Transaction& transaction) { return transaction.erasures.Add(erasure); });
    EXPECT_EQ(end(), 0) << "its artifacts hold it still";
    EXPECT_THAT(
        Read([](const Snapshot& snapshot) { return snapshot.erasures.WantedEmptied(10); }), ElementsAre(first)
    );
    Write([&](Transaction& transaction) { return transaction.erasures.Emptied(first); });
    EXPECT_EQ(end(), 1);
    const auto all = Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); });
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].people, erasure.people);
    EXPECT_TRUE(all[0].done_at.has_value());
}

TEST_P(Faces, OfTooLongAgoAreNotKnownToHaveGone) {
    const auto refused =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.faces.After(-1'000'001, 10); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
}

TEST_P(Faces, AreSeenWithWhatIsSaidAndShown) {
    const auto item = AddItem(AddBucket(), "a");
    const auto result = AddResult("first").id;
    Add({MakeTrack(result, 1), MakeTrack(result, 2), MakeTrack(result, 3)});
    const auto ada = AddPerson("Ada");
    const PersonId unknown("per_unknown");
    auto found = EditOf(EditKind::kFound, unknown);
    found.tracks = {MakeTrack(result, 1).id};
    auto rejected = EditOf(EditKind::kReject, ada.id);
    rejected.tracks = {MakeTrack(result, 2).id};
    Write([&](Transaction& t) { return Make(t, found); });
    Write([&](Transaction& t) { return Make(t, rejected); });
    Appearance shown;
    shown.id = AppearanceId("app_1");
    shown.person_id = ada.id;
    shown.tracks = {MakeTrack(result, 3).id};
    Write([&](Transaction& t) { return t.people.ReplaceAppearances(item.id, result, {shown}); });

    EXPECT_EQ(Seen(1).verdict.person, unknown);
    EXPECT_TRUE(Seen(1).verdict.by_system);
    EXPECT_FALSE(Seen(1).is_named);
    EXPECT_THAT(Seen(2).verdict.not_these, ElementsAre(ada.id));
    EXPECT_TRUE(Seen(2).verdict.person.IsEmpty());
    EXPECT_EQ(Seen(3).shown_as, ada.id);
    EXPECT_TRUE(Seen(3).is_named);
    EXPECT_EQ(Seen(3).track.mean, MakeTrack(result, 3).mean);
    EXPECT_DOUBLE_EQ(Seen(3).track.quality, MakeTrack(result, 3).quality);
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.faces.SeenIn(result); }).size(), 3U);

    auto merge = EditOf(EditKind::kMerge, ada.id);
    merge.other = unknown;
    Write([&](Transaction& t) { return Make(t, merge); });
    EXPECT_EQ(Seen(1).verdict.person, ada.id) << "with whom they were merged into";
    EXPECT_TRUE(Seen(1).is_named);
    const auto hers = Read([&](const Snapshot& s) { return s.faces.SaidToBe(ada.id, 10); });
    ASSERT_EQ(hers.size(), 1U);
    EXPECT_EQ(hers[0].face, 1);
}

TEST_P(Faces, StandInForPhotosOfWhoHasNone) {
    auto result = MakeResult("lineage");
    result.embedding_model = "weights";
    Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); });
    std::vector<FaceTrack> tracks;
    for (int number = 1; number <= 6; ++number) {
        tracks.push_back(MakeTrack(result.id, number));
    }
    Add(tracks);
    const auto ada = AddPerson("Ada");
    const auto countess = AddPerson("Countess");
    const auto bob = AddPerson("Bob");
    EnrolmentPhoto photo;
    photo.id = PhotoId("pho_1");
    photo.person_id = bob.id;
    Write([&](Transaction& transaction) { return testing::AddPhoto(transaction, photo); });
    const auto say = [&](EditKind kind, const PersonId& person, const std::vector<int>& numbers) {
        auto edit = EditOf(kind, person);
        for (const int number : numbers) {
            edit.tracks.push_back(MakeTrack(result.id, number).id);
        }
        Write([&](Transaction& t) { return Make(t, edit); });
    };
    say(EditKind::kConfirm, ada.id, {1, 3});
    say(EditKind::kConfirm, countess.id, {2});
    say(EditKind::kConfirm, bob.id, {4});
    say(EditKind::kFound, PersonId("per_unknown"), {5});
    auto merge = EditOf(EditKind::kMerge, ada.id);
    merge.other = countess.id;
    Write([&](Transaction& t) { return Make(t, merge); });

    const auto best = Read([](const Snapshot& snapshot) { return snapshot.faces.ForPhotos(2); });
    ASSERT_EQ(best.size(), 2U) << "no one's who has a photo, no name, or none said of";
    EXPECT_EQ(best[0].person, ada.id);
    EXPECT_EQ(best[0].mean, MakeTrack(result.id, 3).mean);
    EXPECT_EQ(best[1].person, ada.id);
    EXPECT_EQ(best[1].mean, MakeTrack(result.id, 2).mean) << "of who was merged into her";
    EXPECT_EQ(best[1].model, "weights");
    Write([&](Transaction& transaction) {
        return transaction.erasures.EmptyFaces({MakeTrack(result.id, 3).id}, EditId("edt_1"));
    });
    const auto kept = Read([](const Snapshot& snapshot) { return snapshot.faces.ForPhotos(2); });
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].mean, MakeTrack(result.id, 2).mean);
    EXPECT_EQ(kept[1].mean, MakeTrack(result.id, 1).mean);
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.faces.ForPhotos(9); }).size(), 2U);
}

TEST_P(Faces, OfPeopleWithoutANameAreCountedTogether) {
    const auto result = AddResult("first").id;
    std::vector<FaceTrack> tracks;
    for (int number = 1; number <= 7; ++number) {
        tracks.push_back(MakeTrack(result, number));
    }
    Add(tracks);
    const auto found = [&](const PersonId& person, const std::vector<int>& numbers) {
        auto edit = EditOf(EditKind::kFound, person);
        for (const int number : numbers) {
            edit.tracks.push_back(MakeTrack(result, number).id);
        }
        Write([&](Transaction& t) { return Make(t, edit); });
    };
    const PersonId often("per_often");
    const PersonId twice("per_twice");
    found(often, {1, 2, 3});
    found(twice, {4});
    found(PersonId("per_again"), {5});
    found(PersonId("per_known"), {6});
    found(PersonId("per_gone"), {7});
    Write([&](Transaction& transaction) {
        return transaction.erasures.EmptyFaces({MakeTrack(result, 7).id}, EditId("edt_1"));
    });
    auto merge = EditOf(EditKind::kMerge, twice);
    merge.other = PersonId("per_again");
    Write([&](Transaction& t) { return Make(t, merge); });
    Write([&](Transaction& t) { return Make(t, EditOf(EditKind::kRename, PersonId("per_known"), "Ada")); });
    const auto without = [&](int limit) {
        return Read([&](const Snapshot& snapshot) { return snapshot.faces.WithoutName(limit); });
    };
    EXPECT_THAT(without(9), ElementsAre(std::pair(often, 3), std::pair(twice, 2)));
    EXPECT_THAT(without(1), ElementsAre(std::pair(often, 3)));
    Write([&](Transaction& transaction) {
        return transaction.erasures.EmptyFaces({MakeTrack(result, 1).id}, EditId("edt_2"));
    });
    const auto kept = [&](const PersonId& person) {
        return Read([&](const Snapshot& snapshot) { return snapshot.faces.CountKept(person); });
    };
    EXPECT_EQ(kept(often), 2);
    EXPECT_EQ(kept(twice), 2) << "with whom was merged into them";
    EXPECT_EQ(kept(PersonId("per_gone")), 0);
}

TEST_P(Faces, SayWhichModelMeasuredThem) {
    auto result = MakeResult("lineage");
    result.embedding_model = "weights";
    Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); });
    Add({MakeTrack(result.id, 1)});
    EXPECT_EQ(Seen(1).model, "weights");
}

TEST_P(Faces, OfTheLatestRunAreTheCurrentOnes) {
    const auto item = AddItem(AddBucket(), "a");
    const auto early = AddResult("early").id;
    const auto late = AddResult("late").id;
    Add({MakeTrack(early, 1)});
    Add({MakeTrack(late, 2)});
    EXPECT_FALSE(Seen(1).is_current) << "no run has found it";
    auto process = AddProcess(item, "facial-recognition");
    const auto complete = [&](const ResultId& result) {
        auto run = Claim(1).at(0).processes.at(0);
        run.status = Status::kCompleted;
        run.result_id = result;
        run.lease_owner = NodeId();
        run.lease_until.reset();
        run.finished_at = Now();
        EXPECT_TRUE(Write([&](Transaction& t) { return t.processes.UpdateHeld(run); }));
    };
    complete(early);
    EXPECT_TRUE(Seen(1).is_current);
    EXPECT_THAT(
        Read([](const Snapshot& s) { return s.faces.ItemsOf({1, 2}); }),
        ElementsAre(std::pair(std::int64_t{1}, item.id))
    );
    Write([&](Transaction& t) {
        return t.people_edits.WantRelabelled(std::vector<std::int64_t>{1, 2}, Now());
    });
    const auto wanted = Read([](const Snapshot& s) { return s.people_edits.WantedRelabelled(10); });
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].item, item.id);
    EXPECT_FALSE(wanted[0].tell);

    process.id = ProcessId("prc_again");
    process.run = 2;
    Write([&](Transaction& t) { return t.processes.Add(process); });
    EXPECT_TRUE(Seen(1).is_current) << "the later run has found nothing yet";
    complete(late);
    EXPECT_FALSE(Seen(1).is_current);
    EXPECT_TRUE(Seen(2).is_current);

    process.run = 1;
    const auto run = [&](const std::string& id, const RuleId& rule, const ResultId& result) {
        process.id = ProcessId(id + std::to_string(process.run));
        process.config_hash = id;
        process.rule_id = rule;
        process.created_at = Now();
        Write([&](Transaction& t) { return t.processes.Add(process); });
        complete(result);
    };
    run("prc_b", RuleId("rul_other"), early);
    EXPECT_TRUE(Seen(1).is_current) << "two rules may want two configurations";
    EXPECT_TRUE(Seen(2).is_current);
    const auto latest = AddResult("latest").id;
    Add({MakeTrack(latest, 3)});
    run("prc_c", RuleId("rul_other"), latest);
    EXPECT_FALSE(Seen(1).is_current) << "a rule wants one configuration at a time";
    EXPECT_TRUE(Seen(2).is_current);
    EXPECT_TRUE(Seen(3).is_current);
    process.run = 2;
    run("prc_c", RuleId("rul_third"), latest);
    EXPECT_TRUE(Seen(1).is_current) << "the later configuration is another rule's now";
}

TEST_P(Faces, RememberHowFarTheirWorkHasCome) {
    const auto compared = [&](std::int64_t gallery, std::int64_t rules) {
        Write([&](Transaction& t) { return t.faces.SetCompared({.gallery = gallery, .rules = rules}); });
        const auto with = Read([](const Snapshot& snapshot) { return snapshot.faces.Compared(); });
        return std::pair(with.gallery, with.rules);
    };
    EXPECT_THAT(compared(7, 1), ::testing::Pair(7, 1));
    EXPECT_THAT(compared(5, 2), ::testing::Pair(7, 2)) << "what is lower changes nothing";
    EXPECT_THAT(compared(9, 1), ::testing::Pair(9, 2));
    Write([&](Transaction& t) { return t.faces.SetGroupedUpTo(12); });
    EXPECT_EQ(Read([](const Snapshot& s) { return s.faces.GroupedUpTo(); }), 12);
}

}  // namespace

}  // namespace notify::testing
