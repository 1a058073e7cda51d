// Photos that were a person's and are nobody's when the person is erased.

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/erasing.hpp"
#include "people/person_edits.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ErasedPhotos : public PeopleTest {
protected:
    /// Ada with two photos, beside Bob.
    void SetUp() override {
        bob_ = AddPerson("Bob", {DenseFace(2)});
        ada_ = ValueOf(Enrol("Ada", {OfAda("front.jpg"), OfAda("profile.jpg")})).person;
        photos_ = PhotosOf(ada_);
        ASSERT_THAT(photos_, SizeIs(2));
        for (const auto& photo : photos_) {
            for (const auto& bytes : Kept(photo)) {
                kept_.push_back(bytes);
            }
        }
        ASSERT_THAT(kept_, AllOf(SizeIs(8), Each(SizeIs(Gt(8)))));
        for (const auto& bytes : kept_) {
            ASSERT_GT(FilesWith(bytes), 0) << "it can be found while it is there";
        }
    }

    NewPhoto OfAda(const std::string& name) {
        auto face = InPhoto(DenseFace(1));
        face.crop = "the face in " + name;
        return Photo(name, {{face}});
    }

    /// What the database holds of a photo: file name, sha-256, sealed embedding and crop.
    std::vector<std::string> Kept(const EnrolmentPhoto& photo) {
        std::vector<std::string> kept{photo.file_name, photo.sha256};
        auto connection =
            ValueOf(sqlite::Connection::Open(folder_.Path() / "database", sqlite::Access::kRead));
        EXPECT_TRUE(connection->Select(
            "SELECT p.embedding, a.bytes FROM enrolment_photo p JOIN artifact_row a ON a.sha256 = "
            "p.crop_sha256 "
            "WHERE p.id = ?",
            [&](sql::Row& row) {
                kept.push_back(row.Bytes().substr(0, 200));
                kept.push_back(row.Bytes().substr(0, 200));
                return true;
            },
            photo.id
        ));
        return kept;
    }

    PeopleEdit Edit(PeopleEdit edit) {
        edit.at = clock_.Now();
        return Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
    }

    /// Ada's first photo, to somebody else.
    PeopleEdit MoveFirst(const PersonId& to) {
        auto edit = EditOf(EditKind::kMove, to);
        edit.other = ada_;
        edit.photos = {photos_.at(0).id};
        return Edit(edit);
    }

    PeopleEdit RemoveFirst(const PersonId& from) {
        auto edit = EditOf(EditKind::kRemovePhoto, from);
        edit.photos = {photos_.at(0).id};
        return Edit(edit);
    }

    PeopleEdit Undo(const EditId& id) {
        return Write([&](Transaction& transaction) {
            return UndoEdit(transaction, id, "a test", clock_.Now());
        });
    }

    EditId EnrolmentOf(const PersonId& id) {
        const auto edits =
            Read([&](const Snapshot& s) { return s.people_edits.List(id, {.after = {}, .limit = 9}); });
        const auto enrolled = std::ranges::find(edits.rows, EditKind::kEnrol, &PeopleEdit::kind);
        EXPECT_NE(enrolled, edits.rows.end());
        return enrolled == edits.rows.end() ? EditId() : enrolled->id;
    }

    void CopyDatabase(const std::filesystem::path& to) {
        auto connection =
            ValueOf(sqlite::Connection::Open(folder_.Path() / "database", sqlite::Access::kRead));
        ValueOf(connection->CopyTo(to, {}));
    }

    void ExpectMarked(Storage& restored) {
        for (const auto& photo : photos_) {
            const auto marked =
                restored.Read([&](const Snapshot& s) { return s.people_edits.WasForgotten(photo.sha256); });
            EXPECT_TRUE(ValueOf(marked)) << photo.file_name;
        }
    }

    void UndoEnrolment() {
        const auto edits =
            Read([&](const Snapshot& s) { return s.people_edits.List(ada_, {.after = {}, .limit = 9}); });
        ASSERT_THAT(edits.rows, SizeIs(1));
        Write([&](Transaction& transaction) {
            return UndoEdit(transaction, edits.rows[0].id, "a test", clock_.Now());
        });
        ASSERT_FALSE(storage_->Read([&](const Snapshot& s) { return s.people.Get(ada_); }));
    }

    Result<PeopleEdit> TryToErase(const PersonId& id) {
        return storage_->Write([&](Transaction& transaction) {
            return ErasePerson(transaction, id, "key:k", clock_.Now());
        });
    }

    /// Erases to the end; how many photos the erasure counts.
    int Erase(const PersonId& id) {
        const auto edit = TryToErase(id);
        if (!edit) {
            ADD_FAILURE() << edit.error().message;
            return -1;
        }
        EXPECT_TRUE(relabelling_->Relabel({}));
        EXPECT_TRUE(erasing_.EmptyArtifacts({}));
        const auto all = Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); });
        const auto erasure = std::ranges::find(all, edit->id, &Erasure::id);
        if (erasure == all.end()) {
            ADD_FAILURE() << "the erasure is not written down";
            return -1;
        }
        EXPECT_TRUE(erasing_.Receipt(*erasure));
        return static_cast<int>(erasure->photos);
    }

    void ExpectNothingLeft() {
        for (const auto& bytes : kept_) {
            EXPECT_EQ(FilesWith(bytes), 0);
        }
        for (const auto& name : {"front.jpg", "profile.jpg"}) {
            const auto again = Enrol("Countess", {OfAda(name)});
            ASSERT_FALSE(again) << name;
            EXPECT_EQ(again.error().code, ErrorCode::kConflict);
        }
        EXPECT_FALSE(Enrol("Ada", {Photo("other.jpg", {{InPhoto(DenseFace(3))}})})) << "the name";
        EXPECT_TRUE(enrolment_->Enrol("Ada", std::vector{OfAda("front.jpg")}, "a test", true));
    }

    PersonId ada_;
    PersonId bob_;
    std::vector<EnrolmentPhoto> photos_;
    std::vector<std::string> kept_;
    Erasing erasing_{*storage_, *artifacts_, clock_, *box_, folder_.Path()};
};

TEST_F(ErasedPhotos, AreThoseThatWereRemovedToo) {
    RemoveFirst(ada_);
    EXPECT_EQ(Erase(ada_), 2);
    ExpectNothingLeft();
}

TEST_F(ErasedPhotos, AreThoseOfAnEnrolmentThatWasUndone) {
    UndoEnrolment();
    EXPECT_EQ(Erase(ada_), 2);
    ExpectNothingLeft();
}

TEST_F(ErasedPhotos, AreOfNobodyTwice) {
    UndoEnrolment();
    Erase(ada_);
    for (const auto& id : {ada_, PersonId("per_none")}) {
        const auto erased = TryToErase(id);
        ASSERT_FALSE(erased);
        EXPECT_EQ(erased.error().code, ErrorCode::kNotFound);
    }
    const auto edits =
        Read([&](const Snapshot& s) { return s.people_edits.List(ada_, {.after = {}, .limit = 9}); });
    for (const auto& edit : edits.rows) {
        EXPECT_EQ(edit.name, "");
        EXPECT_THAT(edit.photos, IsEmpty());
    }
}

TEST_F(ErasedPhotos, AreThoseRemovedFromWhoeverThePersonWasMergedInto) {
    auto merge = EditOf(EditKind::kMerge, bob_);
    merge.other = ada_;
    Edit(merge);
    RemoveFirst(bob_);
    EXPECT_EQ(Erase(bob_), 3) << "with Bob's own";
    ExpectNothingLeft();
}

TEST_F(ErasedPhotos, AreNotThoseThatWereMovedToSomebodyWhoStays) {
    MoveFirst(bob_);
    EXPECT_EQ(Erase(ada_), 1);
    EXPECT_THAT(PhotosOf(bob_), SizeIs(2));
    EXPECT_THAT(Kept(photos_.at(0)), SizeIs(4)) << "with its crop";
    EXPECT_THAT(Kept(photos_.at(1)), SizeIs(2));
    EXPECT_EQ(Erase(bob_), 2);
    ExpectNothingLeft();
}

TEST_F(ErasedPhotos, AreThoseThatGoBackToWhoIsErasedAlready) {
    const auto moved = MoveFirst(bob_);
    EXPECT_EQ(Erase(ada_), 1);
    const auto undo = Undo(moved.id);
    EXPECT_TRUE(erasing_.EmptyArtifacts({}));
    const auto all = Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); });
    const auto again = std::ranges::find(all, undo.id, &Erasure::id);
    ASSERT_NE(again, all.end());
    EXPECT_EQ(again->people, std::vector{ada_});
    EXPECT_EQ(again->photos, 1);
    EXPECT_TRUE(erasing_.Receipt(*again));
    EXPECT_THAT(PhotosOf(bob_), SizeIs(1)) << "Bob's own stays";
    ExpectNothingLeft();
    Undo(undo.id);
    EXPECT_THAT(PhotosOf(bob_), SizeIs(1)) << "and does not come back";
}

TEST_F(ErasedPhotos, AreThoseThatWereRemovedFromWhoeverHadThemMeanwhile) {
    const auto moved = MoveFirst(bob_);
    EXPECT_EQ(Erase(ada_), 1);
    RemoveFirst(bob_);
    EXPECT_THAT(Kept(photos_.at(0)), SizeIs(4)) << "it is kept for an undo";
    Undo(moved.id);
    EXPECT_TRUE(erasing_.EmptyArtifacts({}));
    ExpectNothingLeft();
}

TEST_F(ErasedPhotos, AreThoseOfWhoseEnrolmentIsUndoneThatCameFromSomebodyErased) {
    const auto eve = ValueOf(Enrol("Eve", {Photo("eve.jpg", {{InPhoto(DenseFace(3))}})})).person;
    MoveFirst(eve);
    EXPECT_EQ(Erase(ada_), 1);
    Undo(EnrolmentOf(eve));
    EXPECT_TRUE(erasing_.EmptyArtifacts({}));
    ExpectNothingLeft();
}

TEST_F(ErasedPhotos, AreNotThoseThatSomebodyElseRemoved) {
    MoveFirst(bob_);
    EXPECT_EQ(Erase(ada_), 1);
    const auto removed = RemoveFirst(bob_);
    const auto renamed = Edit(EditOf(EditKind::kRename, bob_, "Robert"));
    Undo(renamed.id);
    Undo(removed.id);
    EXPECT_THAT(PhotosOf(bob_), SizeIs(2)) << "it comes back";
}

TEST_F(ErasedPhotos, AreErasedAgainAfterABackupOfWhenTheyWereSomebodyElses) {
    const auto moved = MoveFirst(bob_);
    const auto copy = folder_.Path() / "copy";
    CopyDatabase(copy);
    EXPECT_EQ(Erase(ada_), 1);
    Undo(moved.id);
    EXPECT_EQ(ValueOf(erasing_.CatchUp()), 0);
    const auto restored = OpenSqliteStorage(copy, *box_, clock_).value();
    const auto of_bob = [&] {
        return ValueOf(restored->Read([&](const Snapshot& s) { return s.people.PhotosOf(bob_); })).size();
    };
    EXPECT_EQ(of_bob(), 2U);
    Erasing again(*restored, *artifacts_, clock_, *box_, folder_.Path());
    EXPECT_EQ(ValueOf(again.CatchUp()), 1);
    EXPECT_EQ(of_bob(), 1U) << "Bob's own";
    ExpectMarked(*restored);
    EXPECT_EQ(ValueOf(again.CatchUp()), 0);
}

TEST_F(ErasedPhotos, AreNotThoseOfSomebodyElseThatWereThePersonsForAWhile) {
    const auto eve = ValueOf(Enrol("Eve", {Photo("eve.jpg", {{InPhoto(DenseFace(3))}})})).person;
    const auto of_eve = PhotosOf(eve);
    ASSERT_THAT(of_eve, SizeIs(1));
    for (const auto& [to, from] : {std::pair(ada_, eve), std::pair(eve, ada_)}) {
        auto move = EditOf(EditKind::kMove, to);
        move.other = from;
        move.photos = {of_eve[0].id};
        Edit(move);
    }
    EXPECT_EQ(Erase(ada_), 2);
    const auto undo = Undo(EnrolmentOf(eve));
    EXPECT_FALSE(storage_->Read([&](const Snapshot& s) { return s.people.Get(eve); }));
    Undo(undo.id);
    EXPECT_THAT(PhotosOf(eve), SizeIs(1)) << "it comes back";
}

TEST_F(ErasedPhotos, AreErasedAgainAfterAnOldBackupWasPutBack) {
    UndoEnrolment();
    const auto copy = folder_.Path() / "copy";
    CopyDatabase(copy);
    EXPECT_EQ(Erase(ada_), 2);
    EXPECT_EQ(ValueOf(erasing_.CatchUp()), 0);
    const auto restored = OpenSqliteStorage(copy, *box_, clock_).value();
    Erasing again(*restored, *artifacts_, clock_, *box_, folder_.Path());
    EXPECT_EQ(ValueOf(again.CatchUp()), 1);
    ExpectMarked(*restored);
}

}  // namespace
}  // namespace notify::testing
