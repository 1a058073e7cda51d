#include "people/person_edits.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "core/ulid.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

class PersonEdits : public PeopleTest {
protected:
    static FaceResult With(const Embedding& face) {
        return MakeFaceResult({{.start_ms = 200, .end_ms = 1800, .shots = {FaceAt(face, 0.2, 50)}}});
    }

    PeopleEdit Edit(PeopleEdit edit) {
        auto made = Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
        EXPECT_TRUE(relabelling_->Relabel({}));
        return made;
    }

    PeopleEdit EditOn(EditKind kind, const PersonId& person, const std::vector<TrackId>& tracks) {
        auto edit = EditOf(kind, person);
        edit.tracks = tracks;
        return Edit(edit);
    }

    PeopleEdit Merge(const PersonId& stays, const PersonId& other) {
        auto edit = EditOf(EditKind::kMerge, stays);
        edit.other = other;
        return Edit(edit);
    }

    PeopleEdit Rename(const PersonId& id, std::string_view name) {
        return Edit(EditOf(EditKind::kRename, id, std::string(name)));
    }

    PeopleEdit Undo(const PeopleEdit& edit) {
        auto undo = Write([&](Transaction& transaction) {
            return UndoEdit(transaction, edit.id, "a test", clock_.Now());
        });
        EXPECT_TRUE(relabelling_->Relabel({}));
        return undo;
    }

    void Remove(const PersonId& id) {
        Write([&](Transaction& transaction) { return ErasePerson(transaction, id, "a test", clock_.Now()); });
        EXPECT_TRUE(relabelling_->Relabel({}));
    }

    void AnalyseAgain(const ItemId& item, const FaceResult& found) {
        const auto claim = ClaimMore(item, "{}", 2);
        Add(claim, found, "other models");
        Commit();
    }

    std::string StateText() {
        return Read([](const Snapshot& snapshot) { return snapshot.people_edits.StateText(); });
    }

    std::vector<TrackId> TracksIn(const ItemId& item) {
        std::vector<TrackId> anchors;
        for (const auto& run : ProcessesOf(item)) {
            for (const auto& track : TracksOf(run.result_id)) {
                anchors.push_back(track.anchor);
            }
        }
        return anchors;
    }

    /// "Ada", "Ada!" when somebody said so, "Ada?" for a possible name; by start.
    std::vector<std::string> Shown(const ItemId& item) {
        std::vector<std::string> names;
        for (const auto& each : AppearancesIn(item)) {
            const bool possible = each.certainty == Certainty::kPossible;
            names.push_back(each.person_name + (each.by_user ? "!" : "") + (possible ? "?" : ""));
        }
        return names;
    }

    /// Publications that wait to be written; those of before are taken out of the way.
    std::vector<ItemId> Publishing() {
        const auto rows = Read([](const Snapshot& snapshot) {
            return snapshot.deliveries.List(
                {.status = Status::kPending, .kind = DeliveryKind::kPublication}, {.after = {}, .limit = 100}
            );
        });
        std::vector<ItemId> items;
        for (const auto& delivery : rows.rows) {
            items.push_back(Read([&](const Snapshot& snapshot) {
                                return snapshot.deliveries.GetPublication(delivery.publication_id);
                            }).item_id);
        }
        return items;
    }

    void WriteAllPublications() {
        Write([&](Transaction& transaction) -> Result<void> {
            const auto claimed = transaction.deliveries.Claim(
                NodeId("nod_1"), 100, 100, clock_.Now(), std::chrono::seconds(30)
            );
            for (auto delivery : ValueOf(claimed)) {
                delivery.status = Status::kCompleted;
                delivery.lease_owner = NodeId();
                delivery.lease_until.reset();
                delivery.finished_at = clock_.Now();
                EXPECT_TRUE(ValueOf(transaction.deliveries.Finish(delivery, delivery.fence, {})));
            }
            return {};
        });
    }

    /// "type: names of people", of the last event about the item.
    std::string LastTold(const ItemId& id) {
        const auto event = Events(id.Value()).back();
        std::string told = event.type + ":";
        const auto data = ParseJson(event.data).value();
        if (const auto* people = data.as_object().if_contains("people")) {
            for (const auto& person : people->as_array()) {
                told += " " + std::string(person.at("name").as_string());
            }
        }
        return told;
    }
};

TEST_F(PersonEdits, TellANewNameForEveryItemThePersonWasSeenIn) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    AddPerson("Bob", {kBob, kBob, kBob});
    const auto seen = Analyse("a.mp4", With(kAda));
    const auto other = Analyse("b.mp4", With(kBob));
    WriteAllPublications();
    Rename(ada, "Ada Lovelace");
    EXPECT_EQ(LastTold(seen), "item.labels_changed: Ada Lovelace");
    EXPECT_EQ(LastTold(other), "item.completed: Bob");
    EXPECT_THAT(Publishing(), ElementsAre(seen));
}

TEST_F(PersonEdits, TakeARemovedPersonsNameFromEveryItem) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto seen = Analyse("a.mp4", With(kAda));
    WriteAllPublications();
    Rename(ada, "Ada L.");
    EXPECT_EQ(LastTold(seen), "item.labels_changed: Ada L.");
    Remove(ada);
    EXPECT_EQ(LastTold(seen), "item.labels_changed:");
    for (const auto& event : Events(seen.Value())) {
        EXPECT_EQ(event.data.find("Ada"), std::string::npos) << event.data;
    }
    EXPECT_THAT(AppearancesIn(seen), IsEmpty());
    EXPECT_THAT(Publishing(), ElementsAre(seen));
}

TEST_F(PersonEdits, TellEachNewNameOfAPersonUntilTheyAreErased) {
    const auto names = [&](const PersonId& id) {
        std::vector<std::string> told;
        for (const auto& event : Events(id.Value())) {
            const auto data = ParseJson(event.data).value();
            const auto* name = data.as_object().if_contains("name");
            told.push_back(event.type + ": " + (name ? std::string(name->as_string()) : "nobody"));
        }
        return told;
    };
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto bob = AddPerson("Bob", {kBob, kBob, kBob});
    const auto renamed = Rename(ada, "Ada L.");
    Edit(EditOf(EditKind::kHide, ada));
    Edit(EditOf(EditKind::kShow, ada));
    Undo(renamed);
    EXPECT_THAT(names(ada), ElementsAre("person.named: Ada", "person.named: Ada L.", "person.named: Ada"));
    Remove(ada);
    EXPECT_THAT(names(ada), Each("person.named: nobody"));
    EXPECT_THAT(names(bob), ElementsAre("person.named: Bob"));
}

TEST_F(PersonEdits, ChangeNothingWhenTheyAreRefused) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    AddPerson("Bob", {kBob, kBob, kBob});
    const auto seen = Analyse("a.mp4", With(kAda));
    WriteAllPublications();
    const auto refused = storage_->Write([&](Transaction& transaction) {
        return MakeEdit(transaction, EditOf(EditKind::kRename, ada, "Bob"));
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_EQ(LastTold(seen), "item.completed: Ada");
    EXPECT_THAT(Publishing(), IsEmpty());
}

TEST_F(PersonEdits, NameAFaceByAVerdictWhateverItsDistance) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", With(kBob));
    EXPECT_THAT(Shown(item), IsEmpty());
    const auto said = EditOn(EditKind::kConfirm, ada, TracksIn(item));
    EXPECT_THAT(Shown(item), ElementsAre("Ada!"));
    EXPECT_EQ(LastTold(item), "item.labels_changed: Ada");
    Undo(said);
    EXPECT_THAT(Shown(item), IsEmpty());
    EXPECT_EQ(LastTold(item), "item.labels_changed:");
}

TEST_F(PersonEdits, NeverNameAFaceAsWhomItWasSaidNotToBe) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", With(kAda));
    ASSERT_THAT(Shown(item), ElementsAre("Ada"));
    const auto said = EditOn(EditKind::kReject, ada, TracksIn(item));
    EXPECT_THAT(Shown(item), IsEmpty());
    AddPerson("Eve", {kAda, kAda, kAda});
    ASSERT_TRUE(relabelling_->RelabelAll({}));
    EXPECT_THAT(Shown(item), ElementsAre("Eve")) << "the next in line";
    Undo(said);
    EXPECT_THAT(Shown(item), ::testing::Not(ElementsAre("Ada!")));
}

TEST_F(PersonEdits, LeaveNamelessWhatIsSaidToBeNobody) {
    AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", With(kAda));
    const auto said = EditOn(EditKind::kUnknown, {}, TracksIn(item));
    EXPECT_THAT(Shown(item), IsEmpty());
    ASSERT_TRUE(relabelling_->RelabelAll({}));
    EXPECT_THAT(Shown(item), IsEmpty());
    Undo(said);
    EXPECT_THAT(Shown(item), ElementsAre("Ada"));
}

TEST_F(PersonEdits, KeepVerdictsThroughAnotherRun) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", With(kBob));
    EditOn(EditKind::kConfirm, ada, TracksIn(item));
    AnalyseAgain(item, With(kBob));
    EXPECT_THAT(Shown(item), ElementsAre("Ada!")) << "the run is another, the face is the same";
}

TEST_F(PersonEdits, MergeWithoutMovingAnythingAndPartAgain) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto countess = AddPerson("Countess", {kBob, kBob, kBob});
    const auto one = Analyse("a.mp4", With(kAda));
    const auto two = Analyse("b.mp4", With(kBob));
    const auto before = StateText();
    const auto merge = Merge(ada, countess);
    EXPECT_THAT(Shown(one), ElementsAre("Ada"));
    EXPECT_THAT(Shown(two), ElementsAre("Ada"));
    EXPECT_EQ(LastTold(two), "item.labels_changed: Ada");
    Undo(merge);
    EXPECT_EQ(StateText(), before);
    EXPECT_THAT(Shown(one), ElementsAre("Ada"));
    EXPECT_THAT(Shown(two), ElementsAre("Countess"));
    EXPECT_EQ(LastTold(two), "item.labels_changed: Countess");
}

TEST_F(PersonEdits, ShowWhatLostItsSubjectAsDoingNothing) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto first = Rename(ada, "Ada Lovelace");
    const auto bob = AddPerson("Ada", {kBob, kBob, kBob});
    const auto photos = Read([&](const Snapshot& snapshot) { return snapshot.people.PhotosOf(bob); });
    ASSERT_EQ(photos.size(), 3U);
    Undo(first);
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.people.Get(ada); }).name, "Ada");
    const auto gone = storage_->Read([&](const Snapshot& s) { return s.people.Get(bob); });
    ASSERT_FALSE(gone) << "without the rename the name was not free";
    const auto edits =
        Read([&](const Snapshot& s) { return s.people_edits.List({}, {.after = {}, .limit = 50}); });
    EXPECT_EQ(edits.rows[1].outcome, EditOutcome::kNoOp);
    EXPECT_EQ(edits.rows[1].note, "the person is not there") << "the photo of somebody who never was";
}

TEST_F(PersonEdits, ArePutBackByTheUndoOfAnUndo) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto rename = Rename(ada, "Augusta");
    const auto after = StateText();
    const auto undo = Undo(rename);
    EXPECT_NE(StateText(), after);
    const auto twice =
        storage_->Write([&](Transaction& t) { return UndoEdit(t, rename.id, "a test", clock_.Now()); });
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
    Undo(undo);
    EXPECT_EQ(StateText(), after);
}

TEST_F(PersonEdits, RefuseToMergeAPersonIntoThemselvesOrInACircle) {
    const auto ada = AddPerson("Ada", {kAda});
    const auto bob = AddPerson("Bob", {kBob});
    Merge(ada, bob);
    for (const auto& [stays, other] : {std::pair(ada, ada), std::pair(ada, bob), std::pair(bob, ada)}) {
        auto edit = EditOf(EditKind::kMerge, stays);
        edit.other = other;
        const auto refused = storage_->Write([&](Transaction& t) { return MakeEdit(t, edit); });
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
        EXPECT_EQ(refused.error().message, "the two are one person already");
    }
}

TEST_F(PersonEdits, LetTheNamedOneOfTwoRemain) {
    const auto unknown = PersonId(MakeId("per"));
    Edit(EditOf(EditKind::kFound, unknown));
    const auto ada = AddPerson("Ada", {kAda});
    Merge(unknown, ada);
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.people.Find(unknown.Value()); }).name, "Ada");
}

TEST_F(PersonEdits, HideAPersonFromWhoeverIsTold) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto item = Analyse("a.mp4", With(kAda));
    const auto hide = Edit(EditOf(EditKind::kHide, ada));
    EXPECT_EQ(LastTold(item), "item.labels_changed:");
    Undo(hide);
    EXPECT_EQ(LastTold(item), "item.labels_changed: Ada");
}

TEST_F(PersonEdits, SplitFacesAndPhotosFromAPerson) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kBob});
    const auto item = Analyse("a.mp4", With(kBob));
    auto split = EditOf(EditKind::kSplit, PersonId(MakeId("per")), "Bob");
    split.other = ada;
    split.tracks = TracksIn(item);
    for (const auto& photo : Read([&](const Snapshot& s) { return s.people.PhotosOf(ada); })) {
        if (photo.embedding == kBob) {
            split.photos.push_back(photo.id);
        }
    }
    const auto before = StateText();
    const auto made = Edit(split);
    EXPECT_THAT(Shown(item), ElementsAre("Bob!"));
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.people.PhotosOf(split.person); }).size(), 1U);
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.people.PhotosOf(ada); }).size(), 2U);
    Undo(made);
    EXPECT_EQ(StateText(), before);
}

TEST_F(PersonEdits, OfAnErasedPersonCannotBeReadOrUndone) {
    const auto ada = AddPerson("Ada", {kAda, kAda, kAda});
    const auto rename = Rename(ada, "Augusta");
    const auto other = AddPerson("Countess", {kBob});
    Merge(ada, other);
    Remove(ada);
    for (const auto& person : {ada, other}) {
        EXPECT_FALSE(storage_->Read([&](const Snapshot& s) { return s.people.Get(person); }));
    }
    EXPECT_THAT(Read([](const Snapshot& s) { return s.people.AllPhotos(); }), IsEmpty());
    const auto undone =
        storage_->Write([&](Transaction& t) { return UndoEdit(t, rename.id, "a test", clock_.Now()); });
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().code, ErrorCode::kConflict);
    const auto edits =
        Read([](const Snapshot& s) { return s.people_edits.List({}, {.after = {}, .limit = 50}); });
    for (const auto& edit : edits.rows) {
        EXPECT_EQ(edit.name, "");
        EXPECT_THAT(edit.photos, IsEmpty());
        EXPECT_TRUE(edit.kind == EditKind::kErase || edit.outcome == EditOutcome::kErased);
    }
}

TEST_F(PersonEdits, AreFollowedByThePublicationOfAPersonEnrolledLater) {
    const auto item = Analyse("a.mp4", With(kAda));
    WriteAllPublications();
    AddPerson("Ada", {kAda, kAda, kAda});
    EXPECT_EQ(ValueOf(relabelling_->RelabelAll({})), 1);
    EXPECT_EQ(LastTold(item), "item.labels_changed: Ada");
    EXPECT_THAT(Publishing(), ElementsAre(item));
}

}  // namespace
}  // namespace notify::testing
