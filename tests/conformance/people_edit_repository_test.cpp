// PeopleEditRepository, and the edits over it: what a projection comes to, whatever is undone and when.

#include "storage/people_edit_repository.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "support/people.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class PeopleEdits : public Conformance {
protected:
    std::string StateText() {
        return Read([](const Snapshot& snapshot) { return snapshot.people_edits.StateText(); });
    }

    PeopleEdit Made(PeopleEdit edit) {
        return Write([&](Transaction& transaction) { return MakeEdit(transaction, std::move(edit)); });
    }

    Result<PeopleEdit> Try(const PeopleEdit& edit) {
        return storage_->Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); });
    }

    PeopleEdit Undone(const EditId& id) {
        return Write([&](Transaction& transaction) { return UndoEdit(transaction, id, "a test", Now()); });
    }

    std::vector<PeopleEdit> All() {
        auto edits = Read([](const Snapshot& snapshot) {
            std::vector<PeopleEdit> all;
            PageRequest request{.after = {}, .limit = 200};
            do {
                auto page = snapshot.people_edits.List({}, request);
                if (!page) {
                    return Result<std::vector<PeopleEdit>>(Unexpected(page.error()));
                }
                std::ranges::move(page->rows, std::back_inserter(all));
                request.after = page->next;
            } while (!request.after.empty());
            return Result<std::vector<PeopleEdit>>(std::move(all));
        });
        std::ranges::reverse(edits);
        return edits;
    }
};

/// Edits as a hasty crew would make them, of few people, few tracks and few names.
class HastyCrew {
public:
    explicit HastyCrew(unsigned int seed) : random_(seed) {}

    PeopleEdit Next() {
        static constexpr std::array kKinds{
            EditKind::kEnrol,
            EditKind::kFound,
            EditKind::kRename,
            EditKind::kConfirm,
            EditKind::kReject,
            EditKind::kUnknown,
            EditKind::kMerge,
            EditKind::kSplit,
            EditKind::kMove,
            EditKind::kHide,
            EditKind::kShow,
            EditKind::kConsent
        };
        const auto kind = kKinds.at(Below(kKinds.size()));
        auto edit = EditOf(kind, kind == EditKind::kUnknown ? PersonId() : Somebody());
        edit.at = FromMillis(static_cast<std::int64_t>(++count_));
        const bool makes = kind == EditKind::kEnrol || kind == EditKind::kFound || kind == EditKind::kSplit;
        if (makes) {
            edit.person = PersonId(fmt::format("per_{:03}", people_++));
        }
        if (kind == EditKind::kEnrol || kind == EditKind::kRename ||
            (kind == EditKind::kSplit && Below(2) == 0)) {
            edit.name = fmt::format("name {}", Below(12));
        }
        if (kind == EditKind::kMerge || kind == EditKind::kSplit || kind == EditKind::kMove) {
            edit.other = Somebody();
        }
        if (kind != EditKind::kEnrol && kind != EditKind::kRename) {
            for (std::size_t i = Below(3); i > 0; --i) {
                edit.tracks.emplace_back(fmt::format("trk_{}", Below(15)));
            }
        }
        edit.text = kind == EditKind::kConsent ? fmt::format("form {}", Below(9)) : "";
        return edit;
    }

    std::size_t Below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

private:
    PersonId Somebody() { return PersonId(fmt::format("per_{:03}", people_ == 0 ? 0 : Below(people_))); }

    std::mt19937 random_;
    std::size_t people_ = 0;
    std::size_t count_ = 0;
};

/// The state's text, from all edits there are and not only from those that hang together.
std::string TextOf(const PeopleState& state) {
    std::string text;
    for (const auto& [id, p] : state.people) {
        text += fmt::format(
            "{} {} {} {} {} {}\n",
            id.Value(),
            p.name,
            p.hidden,
            p.merged_into.Value(),
            p.root.Value(),
            p.consent
        );
    }
    for (const auto& [track, verdict] : state.tracks) {
        text += fmt::format(
            "{} {} {} {}", track.Value(), verdict.person.Value(), verdict.by_system, verdict.nobody
        );
        for (const auto& id : verdict.not_these) {
            text += " " + id.Value();
        }
        text += '\n';
    }
    return text;
}

TEST_P(PeopleEdits, ComeToWhatAReplayOfAllOfThemComesTo) {
    constexpr unsigned int kSeed = 8;
    HastyCrew crew(kSeed);
    std::vector<EditId> made;
    for (int i = 0; i < 120; ++i) {
        if (const auto edit = Try(crew.Next()); edit) {
            made.push_back(edit->id);
        }
        if (i % 8 == 7) {
            const auto target = made[crew.Below(made.size())];
            const auto undo =
                storage_->Write([&](Transaction& t) { return UndoEdit(t, target, "a test", Now()); });
            if (undo) {
                made.push_back(undo->id);
            }
            auto edits = All();
            const auto replayed = ReplayEdits(edits);
            const auto rows =
                Read([&](const Snapshot& snapshot) { return snapshot.people_edits.StateFor(edits); });
            ASSERT_EQ(TextOf(rows), TextOf(replayed)) << "seed " << kSeed << ", step " << i;
            const auto kept = All();
            for (std::size_t k = 0; k < kept.size(); ++k) {
                ASSERT_EQ(kept[k].outcome, edits[k].outcome) << kept[k].id.Value();
                ASSERT_EQ(kept[k].note, edits[k].note) << kept[k].id.Value();
            }
        }
    }
    EXPECT_GT(made.size(), 60U) << "most of what the crew does is possible";
}

TEST_P(PeopleEdits, AreAllUndoneInAnyOrder) {
    const auto ada = AddPerson("Ada");
    Made(EditOf(EditKind::kConsent, ada.id));
    const auto before = StateText();
    HastyCrew crew(21);
    std::vector<EditId> made;
    while (made.size() < 60) {
        if (const auto edit = Try(crew.Next()); edit) {
            made.push_back(edit->id);
        }
    }
    ASSERT_NE(StateText(), before);
    std::mt19937 random(5);
    std::ranges::shuffle(made, random);
    for (const auto& id : made) {
        Undone(id);
    }
    EXPECT_EQ(StateText(), before);
}

TEST_P(PeopleEdits, AreReadAsTheyWereSaid) {
    const auto ada = AddPerson("Ada");
    auto edit = EditOf(EditKind::kSplit, PersonId("per_new"), "Bob");
    edit.at = Now();
    edit.other = ada.id;
    edit.text = "a \"text\"";
    edit.tracks = {TrackId("trk_1"), TrackId("trk_2")};
    edit.photos = {PhotoId("pho_1")};
    const auto made = Made(edit);
    const auto read = Read([&](const Snapshot& snapshot) { return snapshot.people_edits.Get(made.id); });
    EXPECT_GT(read.sequence, 1);
    EXPECT_EQ(read.at, edit.at);
    EXPECT_EQ(read.actor, "a test");
    EXPECT_EQ(read.kind, EditKind::kSplit);
    EXPECT_EQ(read.person, edit.person);
    EXPECT_EQ(read.other, ada.id);
    EXPECT_EQ(read.name, "Bob");
    EXPECT_EQ(read.text, edit.text);
    EXPECT_EQ(read.tracks, edit.tracks);
    EXPECT_EQ(read.photos, edit.photos);
    EXPECT_EQ(read.outcome, EditOutcome::kApplied);
}

TEST_P(PeopleEdits, AreListedNewestFirstOfAPersonAndWhoeverWasMerged) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto eve = AddPerson("Eve");
    auto merge = EditOf(EditKind::kMerge, ada.id);
    merge.other = bob.id;
    Made(merge);
    const auto list = [&](const PersonId& person, const PageRequest& page) {
        return Read([&](const Snapshot& snapshot) { return snapshot.people_edits.List(person, page); });
    };
    std::vector<std::pair<EditKind, std::string>> of_ada;
    PageRequest request{.after = {}, .limit = 2};
    do {
        const auto page = list(ada.id, request);
        for (const auto& edit : page.rows) {
            of_ada.emplace_back(edit.kind, edit.name);
        }
        request.after = page.next;
    } while (!request.after.empty());
    EXPECT_THAT(
        of_ada,
        ElementsAre(Pair(EditKind::kMerge, ""), Pair(EditKind::kEnrol, "Bob"), Pair(EditKind::kEnrol, "Ada"))
    );
    EXPECT_EQ(list(eve.id, {}).rows.size(), 1U);
    EXPECT_EQ(list({}, {}).rows.size(), 4U);
}

TEST_P(PeopleEdits, ThatAreRefusedLeaveNothing) {
    const auto ada = AddPerson("Ada");
    AddPerson("Bob");
    const auto before = StateText();
    const auto taken = Try(EditOf(EditKind::kRename, ada.id, "Bob"));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::kConflict);
    EXPECT_THAT(taken.error().message, ::testing::HasSubstr("there is a person named 'Bob' already"));
    const auto gone = Try(EditOf(EditKind::kHide, PersonId("per_none")));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(StateText(), before);
    EXPECT_EQ(All().size(), 2U);
}

TEST_P(PeopleEdits, WantTheItemsLookedAtInWhichSomebodyAppears) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "a");
    AddItem(bucket, "b");
    const auto result = AddResult("lineage").id;
    Appearance appearance;
    appearance.id = AppearanceId("app_1");
    appearance.person_id = ada.id;
    Write([&](Transaction& t) { return t.people.ReplaceAppearances(item.id, result, {appearance}); });
    const auto wanted = [&] {
        std::vector<std::pair<std::string, bool>> rows;
        for (const auto& row : Read([](const Snapshot& s) { return s.people_edits.WantedRelabelled(10); })) {
            rows.emplace_back(row.item.Value(), row.tell);
        }
        return rows;
    };
    Made(EditOf(EditKind::kRename, bob.id, "Robert"));
    EXPECT_THAT(wanted(), IsEmpty());
    Made(EditOf(EditKind::kRename, ada.id, "Augusta"));
    EXPECT_THAT(wanted(), ElementsAre(Pair(item.id.Value(), true)));
    Write([&](Transaction& t) { return t.people_edits.Relabelled(item.id); });
    EXPECT_THAT(wanted(), IsEmpty());
}

TEST_P(PeopleEdits, OfTheErasedSayNothingAndStayNobodysToUndo) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    const auto rename = Made(EditOf(EditKind::kRename, ada.id, "Augusta"));
    const auto of_bob = Made(EditOf(EditKind::kRename, bob.id, "Ada"));
    Write([&](Transaction& t) {
        return t.people_edits.Forget({ada.id}, Now()).and_then([&](const auto&) {
            return testing::RemovePerson(t, ada.id);
        });
    });
    for (const auto& [name, forgotten] : {std::pair("Augusta", true), std::pair("Bob", false)}) {
        EXPECT_EQ(Read([&](const Snapshot& s) { return s.people_edits.WasForgotten(name); }), forgotten)
            << name;
    }
    const auto read = Read([&](const Snapshot& s) { return s.people_edits.Get(rename.id); });
    EXPECT_EQ(read.outcome, EditOutcome::kErased);
    EXPECT_EQ(read.name, "");
    const auto undo =
        storage_->Write([&](Transaction& t) { return UndoEdit(t, rename.id, "a test", Now()); });
    ASSERT_FALSE(undo);
    EXPECT_EQ(undo.error().code, ErrorCode::kConflict);
    Undone(of_bob.id);
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.people.Get(bob.id); }).name, "Bob");
}

TEST_P(PeopleEdits, OfTheErasedTellWhichPhotosOfNobodyWereTheirs) {
    const auto ada = AddPerson("Ada");
    const auto bob = AddPerson("Bob");
    std::vector<EnrolmentPhoto> photos(3);
    for (std::size_t i = 0; i < photos.size(); ++i) {
        auto& photo = photos[i];
        photo.id = PhotoId(fmt::format("pho_{}", i));
        photo.person_id = ada.id;
        photo.sha256 = fmt::format("photo {}", i);
        photo.crop_sha256 = fmt::format("crop {}", i);
        photo.created_at = Now();
        Write([&](Transaction& t) { return testing::AddPhoto(t, photo); });
    }
    Write([&](Transaction& t) { return testing::RemovePhoto(t, photos[0]); });
    auto move = EditOf(EditKind::kMove, bob.id);
    move.other = ada.id;
    move.photos = {photos[2].id};
    Made(move);
    const auto has_edits = [&] {
        return Read([&](const Snapshot& s) { return s.people_edits.HasEditsOf(ada.id); });
    };
    EXPECT_TRUE(has_edits());
    const auto crops = Write([&](Transaction& t) { return t.people_edits.Forget({ada.id}, Now()); });
    EXPECT_THAT(crops, ::testing::UnorderedElementsAre("crop 0", "crop 1"));
    EXPECT_FALSE(has_edits());
    for (std::size_t i = 0; i < photos.size(); ++i) {
        const auto& photo = photos[i].sha256;
        EXPECT_EQ(Read([&](const Snapshot& s) { return s.people_edits.WasForgotten(photo); }), i < 2)
            << photo;
    }
    EXPECT_EQ(Read([&](const Snapshot& s) { return s.people.PhotosOf(bob.id); }).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(EachDatabase, PeopleEdits, ::testing::ValuesIn(Databases()), DatabaseName);

}  // namespace
}  // namespace notify::testing
